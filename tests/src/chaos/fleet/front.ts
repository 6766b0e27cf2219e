import http from 'node:http';
import { WEBHOOK_PATH } from '@fulfillment/shared';

/** A process behind the front. */
export interface Upstream {
  name: string;
  port: number;
}

/** The successful answers of a process behind the front. */
export interface Served {
  webhooks: number;
  artifacts: number;
}

/** An accepted webhook, with its original bytes. */
interface Taken {
  agentId: string;
  signature: string;
  body: string;
}

/** The one public address of several ingestors. */
export interface Front {
  url: string;
  served: Readonly<Record<string, Served>>;
  /** The last accepted webhooks. */
  taken: readonly Taken[];
  close(): Promise<void>;
}

const KEPT = 50;
/** As long as a load balancer waits for a process that does not answer. */
const ANSWER_WITHIN_MS = 10_000;

/**
 * Acts as a load balancer before several ingestors: each request goes to the next one that accepts
 * the connection.
 */
export async function startFront(port: number, upstreams: readonly Upstream[]): Promise<Front> {
  const served = Object.fromEntries(upstreams.map(({ name }) => [name, { webhooks: 0, artifacts: 0 }]));
  const taken: Taken[] = [];
  let next = 0;

  const pass = async (request: http.IncomingMessage, body: Buffer): Promise<Answer | null> => {
    for (let tried = 0; tried < upstreams.length; tried += 1) {
      const upstream = upstreams[next % upstreams.length];
      next += 1;
      if (upstream === undefined) return null;
      const answer = await ask(upstream, request, body);
      if (answer === 'not connected') continue;
      if (answer !== null) note(upstream, { request, body }, answer);
      return answer;
    }
    return null;
  };
  const note = (
    { name }: Upstream,
    { request, body }: { request: http.IncomingMessage; body: Buffer },
    { status }: Answer,
  ) => {
    const counts = served[name];
    if (counts === undefined || status < 200 || status > 299) return;
    if (request.url !== WEBHOOK_PATH) {
      counts.artifacts += 1;
      return;
    }
    counts.webhooks += 1;
    taken.push({
      agentId: String(request.headers['x-atelier-agent-id']),
      signature: String(request.headers['x-atelier-signature']),
      body: body.toString(),
    });
    if (taken.length > KEPT) taken.shift();
  };

  const server = http.createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const answer = await pass(request, body);
    if (answer === null) response.writeHead(502).end();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    served,
    taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** @returns null if the process accepted the request and did not answer. */
function ask(
  { port }: Upstream,
  { method, url, headers }: http.IncomingMessage,
  body: Buffer,
): Promise<Answer | 'not connected' | null> {
  return new Promise((resolve) => {
    const request = http.request({ port, host: '127.0.0.1', method, path: url, headers, agent: false });
    request.setTimeout(ANSWER_WITHIN_MS, () => request.destroy());
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'not connected' : null),
    );
    request.on('response', (response) => {
      response
        .toArray()
        .then((chunks) =>
          resolve({
            status: response.statusCode ?? 502,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        )
        .catch(() => resolve(null));
    });
    request.end(body);
  });
}
