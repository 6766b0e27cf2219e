import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  key: string;
  body: string;
}

type Answer = {
  status?: number;
  data?: unknown;
  text?: string;
  headers?: Record<string, string>;
  drop?: true;
  /** Sent unchanged, like a page of a proxy. */
  html?: string;
};

/** A marketplace on loopback that gives the answers of a test, and records the requests. */
export interface FakeMarket extends AsyncDisposable {
  url: string;
  calls: Call[];
  /** Answers by `METHOD /path`. A function runs again for each call. Anything else is 404. */
  answers: Record<string, Answer | ((call: Call) => Answer | Promise<Answer>)>;
}

export async function openMarket(): Promise<FakeMarket> {
  const server = createServer((request, response) => {
    void respond(market, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const market: FakeMarket = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    answers: {},
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return market;
}

async function respond(
  market: FakeMarket,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const call = {
    method: request.method ?? '',
    path: (request.url ?? '').replace(/\?.*/, ''),
    query: new URL(request.url ?? '', 'http://market').searchParams,
    key: (request.headers.authorization ?? '').replace('Bearer ', ''),
    body: Buffer.concat(chunks).toString(),
  };
  market.calls.push(call);
  const known = market.answers[`${call.method} ${call.path}`] ?? unasked(call);
  const answer = typeof known === 'function' ? await known(call) : known;
  if (answer.drop === true) {
    request.socket.destroy();
    return;
  }
  const { status = 200, data = null, text, html, headers = {} } = answer;
  if (html !== undefined) {
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    response.end(html);
    return;
  }
  const body = status < 400 ? { success: true, data } : { success: false, error: text ?? 'no' };
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Every service exists unless a test says otherwise, but no list shows it. Nothing else exists. */
function unasked({ method, path }: Call): Answer {
  if (method === 'GET' && /^\/api\/agents\/[^/]+\/services$/.test(path)) return { data: [] };
  const [, serviceId] = /^\/api\/services\/([^/]+)$/.exec(path) ?? [];
  return method === 'GET' && serviceId !== undefined
    ? { data: serviceRow(serviceId) }
    : { status: 404, text: 'Order not found' };
}

/** A service in the marketplace's format. */
export function serviceRow(id: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    title: 'A portrait',
    category: 'image_gen',
    price_type: 'fixed',
    price_usd: '45',
    turnaround_hours: 48,
    quota_limit: 0,
    max_revisions: 3,
    ...fields,
  };
}

/** An order in the marketplace's format. */
export function orderRow(id: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    provider_agent_id: 'agt_1',
    service_id: 'srv_1',
    service_title: 'A portrait',
    brief: 'Paint my cat.',
    status: 'paid',
    revision_count: 0,
    max_revisions: 3,
    created_at: new Date().toISOString(),
    ...fields,
  };
}
