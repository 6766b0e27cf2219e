import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@fulfillment/processes';
import { factsOf } from '@fulfillment/shared';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';
import { type Purchase, place, type Trade } from './harness/trade.ts';
import { exactly } from './scenarios/check.ts';

let system: System;
beforeAll(async () => {
  // The product looks for a write without an answer after one and a half times this value.
  system = await startSystem({ env: { MARKETPLACE_TIMEOUT_SECONDS: '4' } });
}, 60_000);
afterAll(() => system?.close(), 60_000);

/** Sends a webhook unchanged. @returns the status of our ingestor's answer. */
async function webhook(body: string, how: object = {}): Promise<number> {
  const raw = { agent_id: system.agentIds.studio, body, ...how };
  return (await system.sandbox.post<{ status: number }>('/sandbox/webhooks/raw', raw)).status;
}

async function paid(purchase: Purchase): Promise<Trade> {
  const trade = await place(system, purchase);
  await trade.buyer('pay');
  return trade;
}

/** An order beside the bad one still completes. */
async function othersGoOn(): Promise<void> {
  const trade = await paid({});
  await trade.status('delivered');
  await trade.fact('message_sent');
  await exactly(trade, { deliveries: 1, messages: 1 });
}

const event = (fields: object = {}) =>
  JSON.stringify({ event: 'order.paid', order_id: 'ord_1_x', data: {}, ...fields });

describe('a bad webhook', () => {
  test.each([
    ['is not JSON', 'pay me', {}, 400],
    ['has no order id', JSON.stringify({ event: 'order.paid', data: {} }), {}, 400],
    ['has an order id that is a path', event({ order_id: '../../etc/passwd' }), {}, 400],
    ['is of 1 MB', event({ data: { padding: 'x'.repeat(1024 * 1024) } }), {}, 413],
    ['is stale', event(), { timestamp_offset_seconds: -301 }, 401],
    ['is from the future', event(), { timestamp_offset_seconds: 301 }, 401],
    ['has a wrong signature', event(), { signature: 'wrong' }, 401],
    ['has no signature', event(), { signature: 'none' }, 401],
    ['names an agent nobody knows', event(), { headers: { 'x-atelier-agent-id': 'agt_nobody' } }, 404],
  ] as const)('that %s gets its status', async (_what, body, how, status) => {
    expect(await webhook(body, how)).toBe(status);
  });

  test('signed by another agent gets 401', async () => {
    expect(await webhook(event(), { signed_by: system.agentIds.second })).toBe(401);
  });

  test('of an unknown event is a hint like any other', async () => {
    const trade = await place(system, {});
    const body = JSON.stringify({ event: 'order.sparkled', order_id: trade.id, data: { shine: 3 } });
    expect(await webhook(body)).toBe(202);
    await trade.fact('heard', (fact) => fact.event === 'order.sparkled');
  });

  test("about another agent's order ends silently, without harm", async () => {
    const theirs = await place(system, { agent: 'second' });
    const ref = { agentId: system.agentIds.studio, orderId: theirs.id };
    expect(await webhook(event({ order_id: theirs.id }))).toBe(202);
    await waitFor('the order to be known as not ours', async () => {
      const record = await system.store.load(ref);
      return record && factsOf(record, 'not_ours').length > 0 ? true : null;
    });
    await theirs.buyer('pay');
    await theirs.status('delivered');
    expect(await system.store.load(ref)).toMatchObject({ snapshot: null });
  });

  test('stops nothing else', othersGoOn);
});

describe('an odd order', () => {
  test.each([
    ['null', { client_name: null, service_title: null, reference_urls: null, max_revisions: null }],
    [
      'wrongly typed',
      { client_name: 7, reference_urls: 42, revision_count: 'none', created_at: {}, quoted_price_usd: [] },
    ],
    ['not JSON', { reference_urls: '[not json', reference_images: 'x', requirement_answers: '{{' }],
    ['more than known', { surprise: { deep: [1, 2, 3] } }],
  ])('with fields that are %s is delivered anyway', async (_what, overrides) => {
    const trade = await paid({ overrides });
    await trade.status('delivered');
  });

  test('with a brief of 100 KB is delivered', async () => {
    const trade = await paid({ brief: 'A long story. '.repeat(7500) });
    await trade.status('delivered');
  });

  test('with references into a private network is delivered, and they are never fetched', async () => {
    const asked: string[] = [];
    const inside = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    const { port } = inside.address() as AddressInfo;
    const urls = [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, 'http://169.254.169.254/latest'];
    const trade = await paid({
      overrides: { reference_urls: JSON.stringify(urls), reference_images: JSON.stringify(urls) },
      brief: `See ${urls[0]}`,
    });
    await trade.status('delivered');
    await trade.fact('message_sent');
    expect((await trade.record())?.snapshot?.referenceUrls).toEqual(urls);
    expect(asked).toEqual([]);
    inside.close();
  });

  test('without a brief waits for a human, who can release it', async () => {
    const trade = await paid({ overrides: { brief: null } });
    const attention = await trade.attention();
    expect(attention.reason).toMatch(/no brief/);
    await trade.operator({ type: 'operator_released', round: '0', by: 'operator' });
    await trade.status('delivered');
  });

  test('in an unknown status waits for a human, and continues in a known status', async () => {
    const trade = await place(system, { overrides: { status: 'levitating' } });
    await trade.buyer('pay');
    const attention = await trade.attention();
    expect(attention.reason).toMatch(/levitating/);
    await trade.buyer('overrides', {});
    await trade.status('delivered');
  });

  test('stops nothing else', othersGoOn);
});

describe('a bad handler', () => {
  test.each([
    ['Hangs', /"hangs".*time limit of 1 s/],
    ['Nothing', /"nothing".*returned nothing/],
  ])('%s: the order waits with a reason that names it', async (service, reason) => {
    const trade = await paid({ service });
    expect((await trade.attention()).reason).toMatch(reason);
    await exactly(trade, { deliveries: 0, messages: 0 });
  });

  test.each(['1,500', '0', '1000000.01', 'NaN'])('that quotes %s: nothing is sent', async (brief) => {
    const trade = await place(system, { service: 'Bad price', priceType: 'quote', brief });
    const attention = await trade.attention();
    expect(attention.reason).toContain('"bad-price"');
    assert.equal((await trade.effects('orders.quote')).length, 0);
  });

  test('that declines to quote: the order waits with its reason', async () => {
    const trade = await place(system, { service: 'Quoted text', priceType: 'quote', brief: 'refuse this' });
    expect((await trade.attention()).reason).toMatch(/Not our kind of work/);
  });

  test('stops nothing else', othersGoOn);
});

describe('a bad answer of the marketplace', () => {
  test.each(['orders.get', 'orders.listForAgent', 'orders.deliver', 'orders.sendMessage'])(
    'HTML from %s is retried, and nothing happens twice',
    async (endpoint) => {
      await system.sandbox.post('/sandbox/faults', { endpoint, kind: 'html', times: 1 });
      const trade = await paid({});
      await trade.status('delivered');
      await trade.fact('message_sent');
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  );

  test.each(['orders.deliver', 'orders.quote', 'orders.sendMessage'] as const)(
    'lost after %s took effect: the effect is found, and not repeated',
    async (endpoint) => {
      await system.sandbox.post('/sandbox/faults', { endpoint, kind: 'lost', times: 1 });
      const trade = await place(system, { service: 'Quoted text', priceType: 'quote' });
      await trade.status('quoted');
      await trade.fact('quoted');
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.fact('message_sent');
      await exactly(trade, { deliveries: 1, messages: 1 });
      expect(await trade.effects('orders.quote')).toHaveLength(1);
    },
  );
});
