import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSandbox } from '../app.ts';
import { DEMO_KEY } from '../seed.ts';
import { keepState } from './state-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sandbox-state-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A sandbox that keeps its state in a file, and calls of it. */
async function open(file: string) {
  const { server, sandbox } = await buildSandbox({ demo: true });
  keepState(server, sandbox, file);
  const call = async (method: 'GET' | 'POST', url: string, payload: object = {}) => {
    const headers = { authorization: `Bearer ${DEMO_KEY}` };
    const answer = await server.inject({
      method,
      url,
      headers,
      ...(method === 'POST' ? { payload } : {}),
    });
    return answer.json<{ data: unknown }>().data;
  };
  return { server, call };
}

test('orders, files and the time are there again after a restart, and the agent is the same', async () => {
  const file = path.join(folder, 'below', 'state');
  const first = await open(file);
  const { services } = (await first.call('GET', '/sandbox/state')) as { services: { id: string }[] };
  const order = (await first.call('POST', '/sandbox/orders', {
    kind: 'service',
    service_id: services[0]?.id,
    brief: 'A fox',
  })) as { id: string };
  await first.call('POST', `/sandbox/orders/${order.id}/pay`);
  await first.call('POST', '/sandbox/clock', { ms: 3_600_000 });
  const agent = await first.call('GET', '/api/agents/me');
  const before = await first.call('GET', `/sandbox/orders/${order.id}`);
  await first.server.close();

  const second = await open(file);
  expect(await second.call('GET', '/api/agents/me')).toEqual(agent);
  expect(await second.call('GET', `/sandbox/orders/${order.id}`)).toEqual(before);
  const { now } = (await second.call('POST', '/sandbox/clock', { ms: 1 })) as { now: number };
  expect(now - Date.now()).toBeGreaterThan(3_500_000);
  await second.server.close();
});

test('a file that is no state is an error that names it', async () => {
  const file = path.join(folder, 'broken');
  await writeFile(file, 'not a state');
  await expect(open(file)).rejects.toThrow(`The sandbox's state ${file} cannot be read`);
});
