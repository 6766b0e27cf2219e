import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A line to Redis that a test can cut and rejoin. The line can also swallow its traffic without
 * notice to either end.
 */
export interface Line extends AsyncDisposable {
  /** The address of Redis through this line. */
  url: string;
  cut(): Promise<void>;
  join(): Promise<void>;
  /** Drops all traffic of the open connections. New connections work. */
  swallow(): void;
  /** Accepts new connections and drops their traffic, until it is undone. */
  mute(isMute: boolean): void;
  /** Leads new connections to another Redis. */
  leadTo(redisUrl: string): void;
}

export async function openLine(redisUrl: string): Promise<Line> {
  let target = new URL(redisUrl);
  let isMute = false;
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;
  const join = async () => {
    const opened = createServer((inner) => {
      if (isMute) {
        sockets.add(inner);
        inner.on('error', () => undefined).on('close', () => sockets.delete(inner));
        inner.resume();
        return;
      }
      const outer = connect(Number(target.port || 6379), target.hostname);
      for (const [socket, other] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve));
    const address = opened.address();
    port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    server = opened;
  };
  const cut = async () => {
    const closing = server;
    server = null;
    const closed = closing && new Promise((resolve) => closing.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const swallow = () => {
    for (const socket of sockets) socket.unpipe().resume();
  };
  await join();
  const url = new URL(redisUrl);
  url.host = `127.0.0.1:${port}`;
  const mute = (on: boolean) => {
    isMute = on;
  };
  const leadTo = (otherUrl: string) => {
    target = new URL(otherUrl);
  };
  return { url: url.href, cut, join, swallow, mute, leadTo, [Symbol.asyncDispose]: cut };
}

/** A line that alters the replies of Redis. A text must keep its length. */
export async function openAlteringLine(
  redisUrl: string,
  alter: (text: string) => string,
): Promise<Pick<Line, 'url'> & AsyncDisposable> {
  const target = new URL(redisUrl);
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect(Number(target.port || 6379), target.hostname);
    sockets.add(inner);
    inner.on('error', () => outer.destroy()).on('close', () => outer.destroy());
    outer.on('error', () => inner.destroy()).on('close', () => inner.destroy());
    inner.pipe(outer);
    outer.on('data', (chunk: Buffer) => inner.write(alter(chunk.toString('latin1')), 'latin1'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(redisUrl);
  url.host = `127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
