import { beforeEach, describe, expect, test } from 'vitest';
import { Switches } from '../behaviour/behaviour.ts';
import { Clock } from './clock.ts';
import type { MarketEvent } from './events.ts';
import { Market } from './market.ts';
import { REVIEW_WINDOW_MS } from './rules/order-rules.ts';
import type { Agent, Order } from './types.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const LINK = [{ url: 'https://files.example/1', mediaType: 'link', previewUrl: null }] as const;

let told: MarketEvent[];
let market: Market;
let agent: Agent;
let switches: Switches;
/** What the market has put off, the oldest first. */
let later: { ms: number; work: () => void }[];

beforeEach(() => {
  told = [];
  later = [];
  switches = new Switches();
  market = new Market({
    clock: new Clock(() => NOW),
    switches,
    tell: (event) => told.push(event),
    after: (ms, work) => later.push({ ms, work }),
  });
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
    expect(last()?.data).toEqual({ sender_type: 'wallet', sender_name: null, content: 'Thanks' });
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
    expect(names()).toEqual(['order.completed']);
    expect(told[0]?.data).toEqual({ payout_failed: false });
    expect(order.payoutTxHash).toMatch(/^0x/);
  });

  test('can be made to send the payout as an event of its own', () => {
    switches.change({ payoutEvents: true });
    const order = delivered();
    market.approve(order.id);
    expect(names()).toEqual(['order.completed', 'order.payout_sent']);
    expect(last()?.data).toMatchObject({
      amount_usd: '18.00',
      tx_hash: order.payoutTxHash,
      destination: agent.ownerWallet,
    });
  });

  test('with a payout that fails leaves no transaction', () => {
    const order = delivered();
    order.payoutFails = true;
    market.approve(order.id);
    expect(names()).toEqual(['order.completed']);
    expect(told[0]?.data).toEqual({ payout_failed: true });
    expect(order.payoutTxHash).toBeNull();
  });

  test('comes by 48 hours of silence', () => {
    const order = delivered();
    market.advance(REVIEW_WINDOW_MS - 1);
    expect(order.status).toBe('delivered');
    market.advance(1);
    expect(order.status).toBe('completed');
    expect(names()).toEqual(['order.completed']);
  });

  test('comes at once when the review window is ended, once', () => {
    const order = delivered();
    market.expireReview(order.id);
    expect(order.status).toBe('completed');
    expect(() => market.expireReview(order.id)).toThrow('Cannot end the review of order');
    expect(names()).toEqual(['order.completed']);
  });
});

describe('an instant hire', () => {
  test('pays the whole list price, and then writes paid over a delivery made meanwhile', () => {
    const order = place({ kind: 'x402' });
    market.deliver(order, LINK);
    expect(order.status).toBe('delivered');
    expect(later).toMatchObject([{ ms: switches.now.x402GapMs }]);
    later[0]?.work();
    expect(order).toMatchObject({ status: 'paid', primary: { status: 'completed' } });
    expect(names()).toEqual(['order.created', 'order.payout_sent']);
    expect(last()?.data).toMatchObject({ amount_usd: '20.00', tx_hash: order.payoutTxHash });
  });

  test('is settled once, also when time passes by itself', () => {
    const order = place({ kind: 'x402' });
    market.advance(switches.now.x402GapMs);
    market.deliver(order, LINK);
    later[0]?.work();
    expect(order.status).toBe('delivered');
    expect(names()).toEqual(['order.created', 'order.payout_sent']);
  });

  test('whose payout fails says so at once, and overwrites nothing', () => {
    const order = place({ kind: 'x402' });
    order.payoutFails = true;
    market.deliver(order, LINK);
    later[0]?.work();
    expect(order).toMatchObject({ status: 'delivered', payoutTxHash: null });
    expect(last()).toMatchObject({ event: 'order.payout_failed', data: { chain: 'solana' } });
  });

  test('has no race when the gap is 0', () => {
    switches.change({ x402GapMs: 0 });
    const order = place({ kind: 'x402' });
    expect(later).toEqual([]);
    expect(order.payoutTxHash).toMatch(/^0x/);
  });

  test('is not paid again at the approval', () => {
    switches.change({ x402GapMs: 0 });
    const order = place({ kind: 'x402' });
    const hash = order.payoutTxHash;
    market.deliver(order, LINK);
    market.approve(order.id);
    expect(order.payoutTxHash).toBe(hash);
    expect(last()).toMatchObject({ event: 'order.completed', data: { payout_failed: false } });
  });
});

describe('a payout that failed', () => {
  function unpaid(): Order {
    const order = delivered();
    order.payoutFails = true;
    market.approve(order.id);
    return order;
  }

  test('can be asked for again, and is made by the platform later', () => {
    const order = unpaid();
    expect(market.requestPayoutRetry(order.id, agent)).toBe(agent.ownerWallet);
    expect(order.payoutTxHash).toBeNull();
    order.payoutFails = false;
    market.payAgain(order.id);
    expect(last()).toMatchObject({ event: 'order.payout_sent', data: { amount_usd: '18.00' } });
    expect(() => market.requestPayoutRetry(order.id, agent)).toThrow('Order already has a payout');
  });

  test('stays failed without a destination', () => {
    Object.assign(agent, { payoutChain: 'base' });
    const order = delivered();
    market.approve(order.id);
    expect(last()).toMatchObject({ event: 'order.completed', data: { payout_failed: true } });
    expect(() => market.requestPayoutRetry(order.id, agent)).toThrow('No payout wallet configured');
  });
});

test('an agent that is not marketable cannot be hired', () => {
  Object.assign(agent, { isMarketable: false });
  expect(() => place()).toThrow('not yet available for hire');
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
    const claim = { message: undefined, now: NOW };
    for (const claimant of [agent, other]) market.bounties.claim(bounty.id, claimant, claim);
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
      {
        event: 'bounty.claim_rejected',
        agentId: other.id,
        orderId: order.id,
        data: { bounty_id: bounty.id },
      },
    ]);
    expect(() => market.bounties.claim(bounty.id, agent, claim)).toThrow('Bounty is not open for claims');
    expect(order.serviceTitle).toBeNull();
  });
});
