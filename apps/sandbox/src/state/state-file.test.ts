import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serialize } from 'node:v8';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { buildSandbox } from '../app.ts';
import { DEMO_KEY } from '../seed.ts';
import { keepState } from './state-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sandbox-state-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.useRealTimers();
});

/** Opens a sandbox that keeps its state in a file, with calls to it. */
async function open(file: string) {
  const { server, sandbox } = await buildSandbox({ demo: true, behaviour: { localSellers: true } });
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

test('orders, files, the time and the agent survive a restart', async () => {
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

/** Places an order for the first service. @returns its id. */
async function place({ call }: Awaited<ReturnType<typeof open>>, kind: 'service' | 'x402'): Promise<string> {
  const { services } = (await call('GET', '/sandbox/state')) as { services: { id: string }[] };
  const purchase = { kind, service_id: services[0]?.id, brief: 'A fox' };
  return ((await call('POST', '/sandbox/orders', purchase)) as { id: string }).id;
}

test('a preview shows the picture of its own order also after a restart', async () => {
  const host = createServer((_request, response) => {
    response.end(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const file = path.join(folder, 'previews');
  const deliver = async (market: Awaited<ReturnType<typeof open>>) => {
    const id = await place(market, 'service');
    await market.call('POST', `/sandbox/orders/${id}/pay`);
    const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/${id}.png`;
    const answer = await market.call('POST', `/api/orders/${id}/deliver`, {
      deliverable_url: url,
      deliverable_media_type: 'image',
    });
    const preview = (answer as { deliverable_preview_url: string }).deliverable_preview_url;
    return { url, preview: new URL(preview).pathname };
  };
  const first = await open(file);
  const before = await deliver(first);
  await first.server.close();

  const second = await open(file);
  const after = await deliver(second);
  for (const { url, preview } of [before, after]) {
    expect((await second.server.inject(preview)).headers.location).toBe(url);
  }
  await second.server.close();
  await new Promise((resolve) => host.close(resolve));
});

test('writes and delayed work save the state, and reads do not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const file = path.join(folder, 'saves');
  const market = await open(file);
  const isSaved = async () => {
    await vi.advanceTimersByTimeAsync(200);
    return existsSync(file);
  };
  await market.call('GET', '/sandbox/state');
  await market.call('GET', '/api/agents/me');
  expect(await isSaved()).toBe(false);

  await place(market, 'x402');
  expect(await isSaved()).toBe(true);
  await unlink(file);
  // The payment of an instant hire settles after two seconds.
  await vi.advanceTimersByTimeAsync(2000);
  expect(await isSaved()).toBe(true);
  await market.server.close();
});

test('each uploaded file is written once, beside the state', async () => {
  const file = path.join(folder, 'uploads');
  const upload = async ({ server }: Awaited<ReturnType<typeof open>>, text: string) => {
    const form = new FormData();
    form.set('file', new Blob([text], { type: 'text/plain' }), 'a.txt');
    const request = new Response(form);
    const answer = await server.inject({
      method: 'POST',
      url: '/api/upload',
      headers: {
        authorization: `Bearer ${DEMO_KEY}`,
        'content-type': request.headers.get('content-type') ?? '',
      },
      payload: Buffer.from(await request.arrayBuffer()),
    });
    return new URL(answer.json<{ data: { url: string } }>().data.url).pathname;
  };
  const content = 'The text of the file. '.repeat(1000);
  const first = await open(file);
  const url = await upload(first, content);
  await first.server.close();
  expect((await readFile(file)).includes(content.slice(0, 100))).toBe(false);
  const [name = ''] = await readdir(`${file}.files`);
  const written = (await stat(path.join(`${file}.files`, name), { bigint: true })).mtimeNs;

  const second = await open(file);
  await upload(second, 'Another text');
  await second.server.close();
  expect((await stat(path.join(`${file}.files`, name), { bigint: true })).mtimeNs).toBe(written);

  const third = await open(file);
  expect((await third.server.inject(url)).body).toBe(content);
  await third.call('POST', '/sandbox/reset');
  await third.server.close();
  expect(await readdir(`${file}.files`)).toEqual([]);
});

test('a state of the previous version, with files inside, can be read', async () => {
  const file = path.join(folder, 'older');
  const stored = { bytes: Buffer.from('An older file'), contentType: 'text/plain' };
  const empty = { agents: [], services: [], bounties: [], orders: [], aheadMs: 0 };
  await writeFile(file, serialize({ version: 1, ...empty, files: [['file_1-a.txt', stored]] }));
  const { server } = await open(file);
  expect((await server.inject('/uploads/file_1-a.txt')).body).toBe('An older file');
  await server.close();
});

test('a file that is not a state is an error that names the file', async () => {
  const file = path.join(folder, 'broken');
  await writeFile(file, 'not a state');
  await expect(open(file)).rejects.toThrow(`The sandbox's state ${file} cannot be read`);
});
