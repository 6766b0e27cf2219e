import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionError } from '../index.ts';
import { json, ok, rejection, startServer, type TestServer } from '../test-support/server.ts';
import { neverLeft } from './connection.ts';
import { httpFetch } from './http-fetch.ts';

const AGENT = { id: 'agt_1', name: 'A' };

let server: TestServer;
beforeEach(async () => {
  server = await startServer(json(200, ok(AGENT), { 'x-first': 'one' }));
});
afterEach(() => server[Symbol.asyncDispose]());

const init = (more: object = {}) => ({
  method: 'GET',
  headers: {},
  signal: new AbortController().signal,
  redirect: 'manual' as const,
  ...more,
});

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body ?? []) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('the default fetch', () => {
  it('gives what the global one gives', async () => {
    server.answer = json(404, { success: false, error: 'Not found' }, { 'set-cookie': 'a=1', 'x-a': 'b' });
    const answers = [await httpFetch(server.url, init()), await fetch(server.url, init())];
    const [own, global] = await Promise.all(
      answers.map(async ({ status, statusText, headers, body }) => ({
        status,
        statusText,
        headers: ['content-type', 'X-A', 'set-cookie', 'missing'].map((name) => headers.get(name)),
        text: await textOf(body),
      })),
    );
    expect(own).toEqual(global);
  });

  it('sends the same request as the global one', async () => {
    const request = init({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"ü":1}',
    });
    await textOf((await httpFetch(`${server.url}/a?b=c`, request)).body);
    await textOf((await fetch(`${server.url}/a?b=c`, request)).body);
    const [own, global] = server.seen.map(({ method, url, headers, body }) => ({
      method,
      url,
      body: body.toString(),
      headers: ['host', 'content-type', 'content-length', 'user-agent'].map((name) => headers[name]),
    }));
    expect(own).toEqual(global);
  });

  it('follows no redirect', async () => {
    server.answer = (response) => response.writeHead(302, { location: '/elsewhere' }).end();
    const { status } = await httpFetch(server.url, init());
    expect(status).toBe(302);
    expect(server.seen).toHaveLength(1);
  });

  it('sends forms and files', async () => {
    const form = new FormData();
    form.set('file', new Blob(['abc']), 'a.txt');
    await textOf((await httpFetch(server.url, init({ method: 'POST', body: form }))).body);
    const file = new Blob(['abc'], { type: 'text/plain' });
    await textOf((await httpFetch(server.url, init({ method: 'PUT', body: file }))).body);
    expect(server.seen[0]?.headers['content-type']).toMatch(/^multipart\/form-data/);
    expect(server.seen[1]?.body.toString()).toBe('abc');
  });

  it('uses a connection again', async () => {
    let connections = 0;
    const counting = createServer((_, response) => response.end(JSON.stringify(ok(AGENT))));
    counting.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => counting.listen(0, '127.0.0.1', resolve));
    const client = server.client({
      baseUrl: `http://127.0.0.1:${(counting.address() as AddressInfo).port}`,
    });
    for (let turn = 0; turn < 3; turn += 1) await client.agents.me();
    expect(connections).toBe(1);
    counting.closeAllConnections();
    await new Promise((resolve) => counting.close(resolve));
  });

  it('says that a request to a closed port never left', async () => {
    const closed = await startServer();
    await closed[Symbol.asyncDispose]();
    const client = closed.client({ maxRetries: 0 });
    const error = await rejection(client.agents.update({ description: 'a' }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', mayHaveTakenEffect: false });
  });

  it('says that a request with an invalid header never left', async () => {
    const request = init({ method: 'POST', headers: { 'x-a': 'a\nb' }, body: '{}' });
    const error = await rejection(httpFetch(server.url, request));
    expect(error).toMatchObject({ code: 'ERR_INVALID_CHAR' });
    expect(neverLeft(error)).toBe(true);
    expect(server.seen).toEqual([]);
  });

  it('gives up on a host that does not finish the TLS handshake within 10 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const mute = createTcpServer();
    try {
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const connected = once(mute, 'connection');
      const baseUrl = `https://127.0.0.1:${(mute.address() as AddressInfo).port}`;
      const client = server.client({ baseUrl, timeout: 60_000 });
      const ended = rejection(client.agents.update({ description: 'a' }));
      const [socket] = await connected;
      vi.advanceTimersByTime(10_000);
      expect(await ended).toMatchObject({ code: 'ETIMEDOUT', mayHaveTakenEffect: false });
      socket.destroy();
    } finally {
      vi.useRealTimers();
      mute.close();
    }
  });
});
