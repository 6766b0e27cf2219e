import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { PASSWORD, startTestAdmin } from './test-admin.ts';

/** Stands between the admin and Redis, so that a test can cut the line. */
class Line {
  readonly #sockets = new Set<Socket>();
  readonly #target = new URL(process.env.REDIS_URL ?? 'redis://127.0.0.1');
  #server: Server | null = null;
  port = 0;

  async open(): Promise<void> {
    const server = createServer((inner) => {
      const outer = connect(Number(this.#target.port || 6379), this.#target.hostname);
      for (const [socket, other] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => other.destroy());
        socket.pipe(other);
      }
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    this.port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    this.#server = server;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await closed;
  }
}

test('while Redis is away every page says so at once, and works again when it is back', async () => {
  const line = new Line();
  await line.open();
  const url = new URL(process.env.REDIS_URL ?? '');
  url.host = `127.0.0.1:${line.port}`;
  const admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD, REDIS_URL: url.href });
  const headers = { cookie: await admin.logIn() };
  expect((await admin.ask('/', { headers })).status).toBe(200);

  await line.cut();
  await vi.waitFor(async () => expect((await admin.ask('/', { headers })).status).toBe(503));
  for (const path of ['/orders/agent_1/ord_1', '/queues/', '/queues/api/queues']) {
    const answer = await admin.ask(path, { headers });
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('Nothing is lost');
  }
  const poke = await admin.press('/orders/agent_1/ord_1/reconcile', {}, headers);
  expect(poke.status).toBe(503);
  expect((await admin.ask('/login')).status).toBe(200);
  expect((await admin.ask('/healthz')).status).toBe(200);

  await line.open();
  await vi.waitFor(async () => expect((await admin.ask('/', { headers })).status).toBe(200), 8000);
  await admin.close();
  await line.cut();
});
