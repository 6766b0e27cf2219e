import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A seller's endpoint on a socket, which records its requests. */
export interface Receiver extends AsyncDisposable {
  url: string;
  received: Received[];
  /** Answers the nth request, counted from 0. By default, the answer is 200. */
  answer: (nth: number, response: ServerResponse) => void;
  /** Resolves after this many requests. */
  until(count: number): Promise<Received[]>;
}

export async function startReceiver(): Promise<Receiver> {
  let waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    receiver.answer(receiver.received.push({ headers: request.headers, body }) - 1, response);
    for (const { count, resolve } of waiting) if (receiver.received.length >= count) resolve();
    waiting = waiting.filter(({ count }) => receiver.received.length < count);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/atelier`,
    received: [],
    answer: (_nth, response) => response.end(),
    async until(count) {
      if (receiver.received.length < count) {
        await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      }
      return receiver.received;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
