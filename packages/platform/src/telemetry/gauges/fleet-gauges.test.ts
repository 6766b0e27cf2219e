import { decide, type OrderRef, parseOrder } from '@fulfillment/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderRow } from '../../test-support/market.ts';
import { openRuntime } from '../../test-support/runtime.ts';

const first = await openRuntime({ env: { EGRESS_ID: 'here' } });
const second = await openRuntime({ beside: first, env: { EGRESS_ID: 'here' } });
const { runtime } = first;
afterAll(async () => {
  await second[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
});

const LATE = { agentId: 'agt_1', orderId: 'ord_late' };
const DONE = { agentId: 'agt_1', orderId: 'ord_review' };

async function put(ref: OrderRef, fields: Record<string, unknown>): Promise<void> {
  const { store } = runtime;
  const snapshot = parseOrder({ ...orderRow(ref.orderId, fields), provider_agent_id: ref.agentId });
  await store.observe(ref, { snapshot, askedAt: await store.now(), via: 'poll', hintsAnswered: null });
}

async function settle(ref: OrderRef): Promise<void> {
  const record = await runtime.store.load(ref);
  if (record !== null) await runtime.store.settle(record, decide(record, runtime.policy, record.loadedAt));
}

beforeAll(async () => {
  await put(LATE, { status: 'paid', created_at: '2026-01-01 00:00:00' });
  await runtime.store.append(LATE, [
    { type: 'began', step: 'generate', round: '0', attempt: 0, start: 0, handler: 'painter' },
    { type: 'buyer_message', content: 'Hello?', senderName: null, bodyHash: 'a' },
  ]);
  await settle(LATE);
  await put(DONE, { status: 'delivered', deliverable_url: 'https://example.com/drawing.png' });
  await settle(DONE);
  const { queues, redis, keys, registry, budget } = runtime;
  await queues
    .get('generation')
    .add('generate', { ...LATE }, { jobId: 'old', timestamp: Date.now() - 90_000 });
  await redis.hset(keys.polling('agt_1'), 'polledAt', 1_795_000_000_000, 'heardAt', 1_795_000_060_000);
  const warning = { code: 'no_payout_wallet', text: 'has no wallet', advice: 'Set one' } as const;
  await registry.noteServed('agt_1', 'agt_1', [warning]);
  await budget.admit('poll', { waiting: 0, generating: 0 });
});

const samples = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

test('orders, jobs, agents and the budget are exported by one process, so that sum() counts them once', async () => {
  const text = await runtime.metrics.scrape();
  const value = (name: string, labels: string) => {
    const line = samples(text, name).find((sample) => sample.includes(labels));
    return line === undefined ? null : Number(line.split(' ').at(-1));
  };
  const of = 'agent="agt_1",handler="painter"';
  expect(samples(text, 'fulfillment_open_orders')).toHaveLength(2);
  expect(value('fulfillment_open_orders', `${of},stage="generating"`)).toBe(1);
  expect(value('fulfillment_open_orders', 'handler="",stage="in_review"')).toBe(1);
  expect(samples(text, 'fulfillment_late_orders')).toEqual([`fulfillment_late_orders{${of}} 1`]);
  expect(samples(text, 'fulfillment_unread_orders')).toEqual([`fulfillment_unread_orders{${of}} 1`]);
  expect(value('fulfillment_orders', 'which="open"')).toBe(2);
  expect(value('fulfillment_jobs', 'queue="generation",state="wait"')).toBe(1);
  expect(value('fulfillment_queue_paused', 'queue="generation"')).toBe(0);
  const waited = value('fulfillment_oldest_waiting_job_seconds', 'queue="generation",agent="agt_1"');
  expect(waited).toBeGreaterThanOrEqual(90);
  expect(waited).toBeLessThan(200);
  expect(value('fulfillment_agent_state', 'agent="agt_1",state="served"')).toBe(1);
  expect(value('fulfillment_agent_warnings', 'code="no_payout_wallet"')).toBe(1);
  expect(value('fulfillment_agent_last_poll_timestamp_seconds', 'agent="agt_1"')).toBe(1_795_000_000);
  expect(value('fulfillment_agent_last_webhook_timestamp_seconds', 'agent="agt_1"')).toBe(1_795_000_060);
  expect(value('fulfillment_api_calls_used', 'egress="here"')).toBe(1);

  const other = await second.runtime.metrics.scrape();
  const shared = [...new Set(text.match(/^fulfillment_(?!job_|marketplace_calls|redis)\w+(?=[{ ])/gm))];
  expect(shared.length).toBeGreaterThan(10);
  for (const name of shared) expect(samples(other, name), name).toEqual([]);
});

test('each process exports its own calls, by agent, endpoint and outcome', async () => {
  await runtime.agents.require('agt_1').client.agents.me();
  await expect(runtime.agents.require('agt_1').client.orders.get('ord_gone')).rejects.toThrow();
  const calls = samples(await runtime.metrics.scrape(), 'fulfillment_marketplace_calls_total').join('\n');
  expect(calls).toMatch(/agent="agt_1",endpoint="GET \/api\/agents\/me",status="200"[^}]*\} [2-9]/);
  expect(calls).toMatch(/endpoint="GET \/api\/orders\/:id",status="404"/);
  expect(calls).not.toContain('ord_gone');
});
