import { setting } from './environment.ts';

/** Calls the marketplace and unwraps its answer. */
export async function call(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${setting('MARKET_URL')}${path}`, {
    method,
    headers: { authorization: `Bearer ${setting('API_KEY')}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

export async function readThread(id: string, times: string): Promise<void> {
  for (let read = 0; read < Number(times); read += 1) await call('GET', `/api/orders/${id}/messages`);
}

export async function readOrder(id: string, times: string): Promise<void> {
  for (let read = 0; read < Number(times); read += 1) await call('GET', `/api/orders/${id}`);
}
