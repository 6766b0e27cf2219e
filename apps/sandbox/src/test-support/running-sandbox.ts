import type { AddressInfo } from 'node:net';
import { buildSandbox, type SandboxOptions } from '../app.ts';
import type { ApiCall, WebhookAttempt } from '../history/entries.ts';
import type { Sandbox } from '../sandbox.ts';

export const KEY = 'atelier_test_seller_key';

interface Answer<Data> {
  status: number;
  headers: Headers;
  data: Data;
  error: string | undefined;
}

/** A sandbox on a socket, with one agent that has a service of each kind of price. */
export interface RunningSandbox extends AsyncDisposable {
  url: string;
  sandbox: Sandbox;
  agentId: string;
  /**
   * Calls the API as the seller. The test names the part of the data that it uses. Rejects when the
   * connection breaks.
   */
  api<Data = unknown>(call: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<Data>>;
  /**
   * A control call. The test names the part of the answer that it uses.
   * @throws Error if the sandbox rejects it.
   */
  control<Data = unknown>(call: string, body?: unknown): Promise<Data>;
  /** Places an order for a service of this kind of price. @returns its id. */
  order(priceType?: 'fixed' | 'quote' | 'weekly', more?: object): Promise<string>;
  /** Like `order`, and the buyer pays. */
  paid(): Promise<string>;
  history(): Promise<{ calls: ApiCall[]; webhooks: WebhookAttempt[] }>;
}

/** An object of the marketplace, with the fields that tests use most. */
export interface Row {
  id: string;
  status: string;
  title: string;
  [field: string]: unknown;
}

/** A single order, as the API wraps it. */
export interface WrappedOrder {
  order: Row;
  deliverables: Row[];
  messages: Row[];
  review: unknown;
}

/** An agent with its secrets. */
export interface AgentData {
  agent_id: string;
  api_key: string;
  webhook_secret: string;
}

export const LINK = { deliverable_url: 'https://files.example/1', deliverable_media_type: 'link' };

export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const { server, sandbox } = await buildSandbox(options);
  await server.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;

  const send = async <Data>(
    call: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer<Data>> => {
    const [method = 'GET', path = '/'] = call.split(' ');
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await answer.text();
    const json = answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
    return { status: answer.status, headers: answer.headers, data: json.data, error: json.error };
  };
  const control = async <Data = unknown>(call: string, body?: unknown): Promise<Data> => {
    const answer = await send<Data>(call, body, {});
    if (answer.status !== 200) throw new Error(`${call}: ${answer.status} ${answer.error}`);
    return answer.data;
  };

  const { agent_id: agentId } = await control<AgentData>('POST /sandbox/agents', {
    name: 'seller',
    api_key: KEY,
  });
  const services = new Map<string, string>();
  for (const price_type of ['fixed', 'quote', 'weekly']) {
    const service = {
      agent_id: agentId,
      title: price_type,
      category: 'custom',
      price_type,
      max_revisions: 1,
    };
    services.set(price_type, (await control<{ id: string }>('POST /sandbox/services', service)).id);
  }
  const order: RunningSandbox['order'] = async (priceType = 'fixed', more = {}) => {
    const purchase = { service_id: services.get(priceType), brief: 'A kite', ...more };
    return (await control<{ id: string }>('POST /sandbox/orders', purchase)).id;
  };
  return {
    url,
    sandbox,
    agentId,
    control,
    order,
    api: (call, body, headers) => send(call, body, { authorization: `Bearer ${KEY}`, ...headers }),
    async paid() {
      const id = await order();
      await control(`POST /sandbox/orders/${id}/pay`);
      return id;
    },
    history: () => control('GET /sandbox/history'),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
