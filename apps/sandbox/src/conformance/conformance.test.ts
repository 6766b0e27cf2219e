import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, type RunningSandbox, startSandbox } from '../test-support/running-sandbox.ts';
import { ownRecordCalls } from './calls/agents.ts';
import { bountyCalls } from './calls/bounties.ts';
import { buyerCalls } from './calls/buying.ts';
import { deliveryCalls } from './calls/deliveries.ts';
import { directoryCalls } from './calls/directory.ts';
import { endingCalls } from './calls/endings.ts';
import { messageCalls } from './calls/messages.ts';
import { orderCalls } from './calls/orders.ts';
import { quoteCalls } from './calls/quotes.ts';
import { serviceCalls } from './calls/services.ts';
import { uploadCalls } from './calls/uploads.ts';
import { type Caller, type ObservedCall, RawText } from './observed-call.ts';
import { OTHER_KEY, setScene } from './scene.ts';
import { shapeOf } from './shape.ts';

/** In the sequence of the real calls: a call may need the effect of an earlier one. */
const OBSERVED: readonly ObservedCall[] = [
  ...ownRecordCalls,
  ...serviceCalls,
  ...orderCalls,
  ...quoteCalls,
  ...deliveryCalls,
  ...messageCalls,
  ...uploadCalls,
  ...buyerCalls,
  ...bountyCalls,
  ...directoryCalls,
  ...endingCalls,
];

let market: RunningSandbox;
let ids: Record<string, string>;

beforeAll(async () => {
  // The only changed switch: a test fetches nothing from the internet.
  market = await startSandbox({ behaviour: { fetchesImages: false } });
  ids = await setScene(market);
});
afterAll(() => market[Symbol.asyncDispose]());

describe('the sandbox answers as the real marketplace does', () => {
  test('to all observed calls', () => {
    expect(OBSERVED).toHaveLength(132);
    expect(new Set(OBSERVED.map(({ name }) => name)).size).toBe(132);
  });

  // Values may differ. Status, content type, texts, and names and types of all fields must not.
  test.each(OBSERVED)('$name', async (observed) => {
    const { status, type, body } = await send(observed);
    const { answers } = observed;
    if ('type' in answers) {
      expect({ status, type }).toEqual(answers);
      return;
    }
    expect([status, type]).toEqual([answers.status, 'application/json']);
    if ('error' in answers) {
      expect(body).toEqual({ success: false, error: answers.error });
      return;
    }
    expect(shapeOf(body)).toEqual({ success: 'boolean', data: answers.data, ...answers.beside });
    expect(body).toMatchObject({ success: true });
    const created = observed.name === 'service create' ? idIn(body) : null;
    if (created !== null) ids.svc = created;
  });
});

async function send({ call, as, body }: ObservedCall) {
  const [method = 'GET', path = '/'] = call.split(' ');
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name);
  const isJson = body !== undefined && !(body instanceof FormData);
  const answer = await fetch(`${market.url}${filled}`, {
    method,
    headers: { ...headersOf(as), ...(isJson ? { 'content-type': 'application/json' } : {}) },
    ...(body === undefined ? {} : { body: payloadOf(body) }),
  });
  const text = await answer.text();
  const type = answer.headers.get('content-type')?.split(';')[0] ?? null;
  const json: unknown = type === 'application/json' ? JSON.parse(text) : text;
  return { status: answer.status, type, body: json };
}

function headersOf(caller: Caller | undefined): Record<string, string> {
  switch (caller) {
    case undefined:
      return { authorization: `Bearer ${KEY}` };
    case 'another agent':
      return { authorization: `Bearer ${OTHER_KEY}` };
    case 'a wrong key':
      return { authorization: 'Bearer atelier_nope' };
    case 'nobody':
      return {};
    default:
      return caller;
  }
}

function payloadOf(body: unknown): string | FormData {
  if (body instanceof FormData) return body;
  return body instanceof RawText ? body.text : JSON.stringify(body);
}

function idIn(body: unknown): string | null {
  const { data } = (body ?? {}) as { data?: { id?: string } };
  return data?.id ?? null;
}
