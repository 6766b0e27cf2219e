import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line to Redis that a test can cut, and join again; or have swallow what goes over it, and tell neither end. */
export interface Line extends AsyncDisposable {
  /** The address of Redis through this line. */
  url: string;
  cut(): Promise<void>;
  join(): Promise<void>;
  /** Nothing comes through the connections that are open any more. New ones work. */
  swallow(): void;
}

export async function openLine(redisUrl: string): Promise<Line> {
  const target = new URL(redisUrl);
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;
  const join = async () => {
    const opened = createServer((inner) => {
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
  return { url: url.href, cut, join, swallow, [Symbol.asyncDispose]: cut };
}
