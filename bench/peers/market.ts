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

/** @returns the last answer, or undefined without any read. */
export async function readThread(id: string, times: string): Promise<unknown> {
  return read(`/api/orders/${id}/messages`, times);
}

/** @returns the last answer, or undefined without any read. */
export async function readOrder(id: string, times: string): Promise<unknown> {
  return read(`/api/orders/${id}`, times);
}

async function read(path: string, times: string): Promise<unknown> {
  let answer: unknown;
  for (let turn = 0; turn < Number(times); turn += 1) answer = await call('GET', path);
  return answer;
}
