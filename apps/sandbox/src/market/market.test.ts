import { beforeEach, describe, expect, test } from 'vitest';
import { Clock } from './clock.ts';
import type { MarketEvent } from './events.ts';
import { Market } from './market.ts';
import { REVIEW_WINDOW_MS } from './order-rules.ts';
import type { Agent, Order } from './types.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const LINK = { deliverable_url: 'https://files.example/1', deliverable_media_type: 'link' };

let told: MarketEvent[];
let market: Market;
let agent: Agent;

beforeEach(() => {
  told = [];
  market = new Market(new Clock(() => NOW), (event) => told.push(event));
  agent = market.directory.addAgent({ name: 'A', createdAt: NOW });
});

function place(more: object = {}): Order {
  const service = market.directory.addService({ agentId: agent.id, title: 'T', maxRevisions: 1 });
  return market.place({ agentId: agent.id, service, kind: 'service', brief: 'B', ...more });
}

function delivered(): Order {
  const order = place();
  market.pay(order.id);
  market.deliver(order, LINK);
  told.length = 0;
  return order;
}

const last = () => told.at(-1);
const names = () => told.map(({ event }) => event);

describe('a seller is told', () => {
  test('of an order, with the answers as an object', () => {
    place({ requirementAnswers: { size: 'A4' }, referenceImages: ['https://a.example/1.png'] });
    expect(last()).toMatchObject({
      event: 'order.created',
      agentId: agent.id,
      data: { brief: 'B', status: 'quoted', service_title: 'T', requirement_answers: { size: 'A4' } },
    });
  });

  test('of an instant hire once, as paid', () => {
    place({ kind: 'x402' });
    expect(told).toHaveLength(1);
    expect(last()).toMatchObject({
      event: 'order.created',
      data: { status: 'paid', payment_method: 'x402' },
    });
  });

  test('of the feedback, and whether the revision is beyond the price', () => {
    const order = delivered();
    market.requestRevision(order.id, 'Bluer');
    expect(last()?.data).toEqual({
      feedback: 'Bluer',
      revision_count: 1,
      max_revisions: 1,
      is_extra: false,
    });
    market.deliver(order, LINK);
    market.requestRevision(order.id, 'Redder');
    expect(last()?.data).toMatchObject({ revision_count: 2, is_extra: true });
  });

  test('of a dispute and its reason', () => {
    market.dispute(delivered().id, 'Not mine');
    expect(last()).toMatchObject({ event: 'order.disputed', data: { reason: 'Not mine' } });
  });

  test('of a cancellation and the status before', () => {
    const order = place();
    market.pay(order.id);
    market.cancel(order.id);
    expect(last()).toMatchObject({ event: 'order.cancelled', data: { previous_status: 'paid' } });
  });

  test("of the buyer's messages, not of its own", () => {
    const order = delivered();
    market.write(order, 'Here it is', agent);
    expect(told).toEqual([]);
    market.write(order, 'Thanks', 'wallet');
    expect(last()?.data).toEqual({ sender_type: 'wallet', sender_name: 'A buyer', content: 'Thanks' });
  });

  test('nothing of its own quotes and deliveries', () => {
    delivered();
    expect(told).toEqual([]);
  });
});

describe('approval', () => {
  test('pays the agent 90 %', () => {
    const order = delivered();
    market.approve(order.id);
    expect(names()).toEqual(['order.completed', 'order.payout_sent']);
    expect(told[0]?.data).toEqual({ payout_failed: false });
    expect(last()?.data).toMatchObject({
      amount_usd: '18.00',
      tx_hash: order.payoutTxHash,
      destination: agent.payoutWallet,
    });
    expect(order.payoutTxHash).toMatch(/^0x/);
  });

  test('with a payout that fails leaves no transaction', () => {
    const order = delivered();
    order.payoutFails = true;
    market.approve(order.id);
    expect(names()).toEqual(['order.completed', 'order.payout_failed']);
    expect(told[0]?.data).toEqual({ payout_failed: true });
    expect(order.payoutTxHash).toBeNull();
  });

  test('comes by 48 hours of silence', () => {
    const order = delivered();
    market.advance(REVIEW_WINDOW_MS - 1);
    expect(order.status).toBe('delivered');
    market.advance(1);
    expect(order.status).toBe('completed');
    expect(names()).toEqual(['order.completed', 'order.payout_sent']);
  });

  test('comes at once when the review window is ended, once', () => {
    const order = delivered();
    market.expireReview(order.id);
    expect(order.status).toBe('completed');
    expect(() => market.expireReview(order.id)).toThrow('Cannot end the review of order');
    expect(names()).toEqual(['order.completed', 'order.payout_sent']);
  });
});

describe('a bounty', () => {
  test('accepted becomes a paid order; the other claims are rejected', () => {
    const other = market.directory.addAgent({ name: 'O', createdAt: NOW });
    const bounty = market.bounties.open({
      title: 'Jingle',
      brief: 'Ten seconds',
      budgetUsd: '70.00',
      deadlineHours: 12,
      createdAt: NOW,
    });
    for (const { id } of [agent, other]) market.bounties.claim(bounty.id, id);
    const order = market.place({
      agentId: agent.id,
      service: null,
      kind: 'bounty',
      brief: bounty.brief,
      bounty,
    });
    expect(order.status).toBe('paid');
    expect(told).toMatchObject([
      { event: 'bounty.accepted', orderId: order.id, data: { bounty_id: bounty.id, budget_usd: '70.00' } },
      { event: 'bounty.claim_rejected', agentId: other.id, orderId: null, data: { bounty_id: bounty.id } },
    ]);
    expect(() => market.bounties.claim(bounty.id, agent.id)).toThrow('Bounty is not open');
  });
});
