import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '@fulfillment/devtools';
import { type RunningProcess, startProcess, waitFor } from '@fulfillment/processes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, ROOT } from './harness/environment.ts';
import { Sandbox } from './harness/sandbox.ts';

/** Inside the workspace, so that a configuration file finds the packages that it imports. */
const FOLDER = path.join(ROOT, '.data', `dev-test-${process.pid}`);
const CONFIGURATION = path.join(FOLDER, 'fulfillment.config.ts');
const GOOD = `import { defineConfig, defineHandler } from '@fulfillment/handlers';
const text = async () => [{ body: 'Done.', contentType: 'text/plain', fileName: 'done.txt' }];
export default defineConfig({ handlers: [defineHandler({ name: 'all', match: 'default', generate: text })] });
`;
const READY_MS = 90_000;
/**
 * A delivery whose call was cut off by a restart waits for 165 s, until the call can no longer take
 * effect.
 */
const DELIVERED_MS = 240_000;
const APPS = ['ingestor', 'generation-worker', 'delivery-worker', 'admin'];

let port: number;
beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(CONFIGURATION, GOOD);
  port = await freePort();
});
afterAll(() => rm(FOLDER, { recursive: true, force: true }));

/** Starts `pnpm dev` beside any other one. */
async function dev(...args: readonly string[]): Promise<RunningProcess> {
  const running: RunningProcess = startProcess({
    name: 'pnpm dev',
    command: process.execPath,
    args: ['packages/devtools/src/cli/dev.ts', '--port', String(port), '--data', FOLDER, ...args],
    cwd: ROOT,
    env: { ...cleanEnvironment(), FULFILLMENT_CONFIG: CONFIGURATION, POLL_INTERVAL_SECONDS: '1' },
    readyUrl: async () => running.output().includes('Ctrl-C ends everything.'),
    graceMs: 30_000,
  });
  await waitFor('pnpm dev', () => running.output().includes('Ctrl-C ends everything.'), {
    timeoutMs: READY_MS,
  });
  return running;
}

/** The apps that report ready. */
async function readyApps(): Promise<string[]> {
  const ready = await Promise.all(
    APPS.map(async (name, index) => {
      const answer = await fetch(`http://127.0.0.1:${port + 1 + index}/readyz`).catch(() => null);
      return answer?.ok ? [name] : [];
    }),
  );
  return ready.flat();
}

async function buy(sandbox: Sandbox): Promise<string> {
  const { services } = await sandbox.get<{ services: { id: string; price_type: string }[] }>(
    '/sandbox/state',
  );
  const service = services.find(({ price_type: type }) => type === 'fixed');
  const { id } = await sandbox.post<{ id: string }>('/sandbox/orders', {
    kind: 'service',
    service_id: service?.id,
    brief: 'A fox',
  });
  await sandbox.post(`/sandbox/orders/${id}/pay`);
  return id;
}

const isDelivered = async (sandbox: Sandbox, id: string) =>
  (await sandbox.order(id)).order.status === 'delivered';

test(
  'pnpm dev loads a corrected configuration, keeps orders for the next run, and delays nothing',
  async () => {
    const sandbox = new Sandbox(`http://127.0.0.1:${port}`);
    const first = await dev();
    const id = await buy(sandbox);
    await waitFor('the order to be delivered', () => isDelivered(sandbox, id), { timeoutMs: DELIVERED_MS });

    await writeFile(CONFIGURATION, 'export default { handlers: [ ;');
    // The generation worker goes on with the handlers that it has loaded.
    const onlyHandlers = async () => (await readyApps()).join() === 'generation-worker';
    await waitFor('the other apps to be down', onlyHandlers, { timeoutMs: READY_MS });
    await writeFile(CONFIGURATION, GOOD);
    await waitFor('all apps to be up', async () => (await readyApps()).length === APPS.length, {
      timeoutMs: READY_MS,
    });
    await first.stop();

    const second = await dev();
    expect((await sandbox.order(id)).order.status).toBe('delivered');
    const next = await buy(sandbox);
    await waitFor('the next order to be delivered', () => isDelivered(sandbox, next), {
      timeoutMs: DELIVERED_MS,
    });
    await second.stop();
    const printed = first.output() + second.output();
    expect(printed).not.toMatch(/another process has this agent|what is left of the API budget/);

    const fresh = await dev('--fresh');
    await expect(sandbox.order(id)).rejects.toThrow('404');
    await fresh.stop();
  },
  4 * READY_MS + 2 * DELIVERED_MS,
);
