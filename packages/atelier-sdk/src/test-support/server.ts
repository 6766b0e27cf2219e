import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AtelierClient } from '../client.ts';
import type { AtelierConfig } from '../config.ts';

/** A request as the server saw it. */
interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

export type Answering = (response: ServerResponse, request: SeenRequest) => void;

/** A marketplace on loopback that gives a test's answers and records its requests. */
export interface TestServer extends AsyncDisposable {
  url: string;
  seen: SeenRequest[];
  /** Used for every later request. */
  answer: Answering;
  /** A client of this server that retries almost without delay. */
  client(config?: AtelierConfig): AtelierClient;
}

/** A key that no output may contain. */
export const API_KEY = 'atelier_sk-very-secret-0123456789';

/** Listens on a free port until disposed of. */
export async function startServer(answer: Answering = json(200, ok(null))): Promise<TestServer> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const seen = { method, url, headers, body: Buffer.concat(chunks) };
    self.seen.push(seen);
    self.answer(response, seen);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const self: TestServer = {
    url,
    seen: [],
    answer,
    client: (config) =>
      new AtelierClient({ apiKey: API_KEY, baseUrl: url, timeout: 5_000, retryDelay: 1, ...config }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return self;
}

/** A success envelope. */
export function ok(data: unknown) {
  return { success: true, data };
}

/** A failure envelope. */
export function failed(error: string) {
  return { success: false, error };
}

/** Answers JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answering {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Answers a body unchanged, such as a proxy's HTML. */
export function raw(status: number, body: string, headers: Record<string, string> = {}): Answering {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    response.end(body);
  };
}

/** Breaks the connection without an answer. */
export const reset: Answering = (response) => {
  response.destroy();
};

/** Never answers. */
export const silent: Answering = () => {};

/** The reason of a promise's rejection. Throws if the promise resolves. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('It was expected to reject');
    },
    (error: unknown) => error,
  );
}
