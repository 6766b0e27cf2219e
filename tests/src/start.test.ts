import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { acquireRedis, freePort } from '@fulfillment/devtools';
import { temporaryFolder, waitFor } from '@fulfillment/processes';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ROOT } from './harness/environment.ts';

const START = path.join(ROOT, 'packages/cli/src/aliases/start.ts');
const EXIT_CONFIGURATION = 78;

let redis: Awaited<ReturnType<typeof acquireRedis>>;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  [redis, folder] = await Promise.all([acquireRedis({ log: () => undefined }), temporaryFolder('start')]);
});
afterAll(async () => {
  await redis.close();
  await folder.remove();
});

/** Runs `pnpm start` with ports of its own and an unreachable marketplace. */
async function start(args: readonly string[], env: Record<string, string> = {}) {
  const names = ['INGESTOR_PORT', 'GENERATION_WORKER_PORT', 'DELIVERY_WORKER_PORT', 'ADMIN_PORT'];
  const ports = await Promise.all(names.map(async (name) => [name, String(await freePort())]));
  const child = spawn(process.execPath, [START, ...args], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      ATELIER_API_KEY: 'atelier_0123456789abcdef',
      ATELIER_BASE_URL: `http://127.0.0.1:${await freePort()}`,
      REDIS_URL: redis.url,
      REDIS_KEY_PREFIX: 'start',
      ARTIFACTS_DIR: path.join(folder.path, 'artifacts'),
      LEDGER_URL: `file:${path.join(folder.path, 'ledger.sqlite')}`,
      SHUTDOWN_GRACE_SECONDS: '2',
      ...Object.fromEntries(ports),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const exited = once(child, 'close').then(([code, signal]) => code ?? signal);
  return { child, exited, output: () => output, lines: () => errors.trim().split('\n') };
}

test('an unknown option is a configuration error with one line', async () => {
  const { exited, lines } = await start(['--fliter', 'admin']);
  expect(await exited).toBe(EXIT_CONFIGURATION);
  expect(lines()).toEqual([
    "pnpm start: unknown option '--fliter' (Did you mean --filter?). See pnpm start --help",
  ]);
});

test('an unknown app is a configuration error that names the apps', async () => {
  const { exited, lines } = await start(['--filter', 'poller']);
  expect(await exited).toBe(EXIT_CONFIGURATION);
  expect(lines()).toEqual([expect.stringMatching(/"poller".*ingestor, generation-worker/)]);
});

test('a taken port ends everything, and the last line says which port and what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { exited, lines } = await start([], { ADMIN_PORT: String(port) });
  expect(await exited).toBe(EXIT_CONFIGURATION);
  expect(lines().at(-1)).toBe(
    `admin: Port ${port} of 127.0.0.1 is in use. Stop the program that uses it, or set ADMIN_PORT to another port.`,
  );
  taken.close();
});

test('a folder that cannot be written to ends everything, and the last line names it', async () => {
  const file = path.join(folder.path, 'a-file');
  await writeFile(file, '');
  const { exited, lines } = await start([], { ARTIFACTS_DIR: path.join(file, 'artifacts') });
  expect(await exited).toBe(EXIT_CONFIGURATION);
  expect(lines().at(-1)).toMatch(
    /^(ingestor|generation-worker|, )+: The folder .*a-file\/artifacts cannot be written to: a part of its path is a file/,
  );
});

test('SIGTERM ends all apps, with 0', async () => {
  const { child, exited, output } = await start([]);
  await waitFor('all apps to listen', () => output().match(/ listens"/g)?.length === 4, {
    timeoutMs: 60_000,
  });
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(output().match(/"stopped"/g)).toHaveLength(4);
});
