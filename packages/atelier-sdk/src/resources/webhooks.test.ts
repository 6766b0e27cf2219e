import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  AtelierClient,
  isKnownWebhookEvent,
  signWebhook,
  type WebhookEvent,
  WebhookVerificationError,
} from '../index.ts';
import { rejection } from '../test-support/server.ts';

const SECRET = 'whsec_1';
const TIME = 1_795_000_000;
const OPTIONS = { now: TIME * 1000 };
const webhooks = new AtelierClient({ webhookSecret: SECRET }).webhooks;
if (!webhooks) throw new Error('The secret turns webhooks on');

function signed(body: unknown) {
  const raw = typeof body === 'string' ? body : JSON.stringify(body);
  return { body: raw, signature: signWebhook(SECRET, raw, TIME) };
}

function verify(content: unknown): WebhookEvent {
  const { body, signature } = signed(content);
  if (!webhooks) throw new Error('The secret turns webhooks on');
  return webhooks.verify(body, signature, OPTIONS);
}

describe('verify', () => {
  it('returns the unchanged event, with data narrowed by its type', () => {
    const sent = {
      event: 'order.revision_requested',
      order_id: 'ord_1',
      data: { feedback: 'Blue', revision_count: 1, max_revisions: 3, is_extra: false, brand_new: 1 },
      brand_new: 2,
    };
    const event = verify(sent);
    expect(event).toEqual(sent);
    if (isKnownWebhookEvent(event) && event.event === 'order.revision_requested') {
      expectTypeOf(event.data.feedback).toEqualTypeOf<string | null>();
      expectTypeOf(event.order_id).toEqualTypeOf<string>();
    }
  });

  it('accepts unknown events', () => {
    for (const sent of [{ event: 'order.new' }, { event: 'gig.new', order_id: null, data: [1] }]) {
      expect(verify(sent)).toEqual(sent);
    }
  });

  it('gives a known event without data empty data', () => {
    expect(verify({ event: 'order.paid', order_id: 'ord_1' })).toHaveProperty('data', {});
    expect(verify({ event: 'bounty.claim_rejected', data: { bounty_id: 'b' } })).toBeTruthy();
  });

  it.each([
    'no JSON',
    '[]',
    'null',
    '{}',
    { event: '' },
    { event: 7 },
    { event: 'x', order_id: 7 },
    { event: 'order.paid' },
    { event: 'order.paid', order_id: 'ord_1', data: 'x' },
  ])('rejects a signed body that cannot be read: %j', (sent) => {
    expect(() => verify(sent)).toThrow(expect.objectContaining({ reason: 'malformed_body' }));
  });
});

describe('a handler', () => {
  it.each<[string, (signature: string) => Headers | Record<string, string | string[]>]>([
    ['lower case', (signature) => ({ 'x-atelier-signature': signature })],
    ['another case', (signature) => ({ 'X-ATELIER-Signature': signature })],
    ['a list', (signature) => ({ 'x-atelier-signature': signature.split(',') })],
    ['Headers', (signature) => new Headers({ 'X-Atelier-Signature': signature })],
  ])('gets the events of its name, with the header in %s', async (_, headers) => {
    const paid: string[] = [];
    const handle = webhooks.createHandler(
      {
        'order.paid': async (event) => {
          expectTypeOf(event.data.service_title).toEqualTypeOf<string | null>();
          paid.push(event.order_id);
        },
      },
      OPTIONS,
    );
    const { body, signature } = signed({ event: 'order.paid', order_id: 'ord_1', data: {} });
    await handle({ body, headers: headers(signature) });
    expect(paid).toEqual(['ord_1']);
  });

  it.each(['order.cancelled', 'order.new', 'constructor', '__proto__'])(
    'accepts %s silently without a subscriber',
    async (event) => {
      const { body, signature } = signed({ event, order_id: 'ord_1', data: {} });
      const handle = webhooks.createHandler({}, OPTIONS);
      await expect(handle({ body, headers: { 'x-atelier-signature': signature } })).resolves.toBeUndefined();
    },
  );

  it('is not called without a signature', async () => {
    const handle = webhooks.createHandler({ 'order.paid': () => expect.unreachable() }, OPTIONS);
    const { body } = signed({ event: 'order.paid', order_id: 'ord_1', data: {} });
    const error = await rejection(handle({ body, headers: {} }));
    expect(error).toBeInstanceOf(WebhookVerificationError);
    expect(error).toMatchObject({ reason: 'missing_header' });
  });

  it("rethrows the handler's error", async () => {
    const down = new Error('Redis is down');
    const handle = webhooks.createHandler({ 'order.paid': () => Promise.reject(down) }, OPTIONS);
    const { body, signature } = signed({ event: 'order.paid', order_id: 'ord_1', data: {} });
    await expect(handle({ body, headers: { 'x-atelier-signature': signature } })).rejects.toBe(down);
  });
});
