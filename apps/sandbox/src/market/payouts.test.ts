import { beforeEach, describe, expect, test } from 'vitest';
import { BareMarket, DELIVERED } from '../test-support/bare-market.ts';
import type { MarketEvent } from './events.ts';
import type { Market } from './market.ts';
import { REVIEW_WINDOW_MS } from './rules/order-rules.ts';
import type { Agent, Order } from './types.ts';

let bare: BareMarket;
let market: Market;
let agent: Agent;
let told: MarketEvent[];

beforeEach(() => {
  bare = new BareMarket();
  ({ market, agent, told } = bare);
});

const place = (more?: object) => bare.place(more);
const delivered = () => bare.delivered();
const last = () => told.at(-1);

describe('approval', () => {
  test('pays the agent 90 %', () => {
    const order = delivered();
    market.approve(order.id);
    expect(bare.names()).toEqual(['order.completed']);
    expect(told[0]?.data).toEqual({ payout_failed: false });
    expect(order.payoutTxHash).toMatch(/^0x/);
  });

  test('can send the payout as a separate event', () => {
    bare.switches.change({ payoutEvents: true });
    const order = delivered();
    market.approve(order.id);
    expect(bare.names()).toEqual(['order.completed', 'order.payout_sent']);
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
    expect(bare.names()).toEqual(['order.completed']);
    expect(told[0]?.data).toEqual({ payout_failed: true });
    expect(order.payoutTxHash).toBeNull();
  });

  test('comes by 48 hours of silence', () => {
    const order = delivered();
    market.advance(REVIEW_WINDOW_MS - 1);
    expect(order.status).toBe('delivered');
    market.advance(1);
    expect(order.status).toBe('completed');
    expect(bare.names()).toEqual(['order.completed']);
  });

  test('comes at once when the review window is ended, once', () => {
    const order = delivered();
    market.expireReview(order.id);
    expect(order.status).toBe('completed');
    expect(() => market.expireReview(order.id)).toThrow('Cannot end the review of order');
    expect(bare.names()).toEqual(['order.completed']);
  });
});

describe('an instant hire', () => {
  test('pays the whole list price, and then writes paid over a delivery in between', () => {
    const order = place({ kind: 'x402' });
    market.deliver(order, DELIVERED);
    expect(order.status).toBe('delivered');
    expect(bare.later).toMatchObject([{ ms: bare.switches.now.x402GapMs }]);
    bare.later[0]?.work();
    expect(order).toMatchObject({ status: 'paid', primary: { status: 'completed' } });
    expect(bare.names()).toEqual(['order.created', 'order.payout_sent']);
    expect(last()?.data).toMatchObject({ amount_usd: '20.00', tx_hash: order.payoutTxHash });
  });

  test('is settled once, also when time passes automatically', () => {
    const order = place({ kind: 'x402' });
    market.advance(bare.switches.now.x402GapMs);
    market.deliver(order, DELIVERED);
    bare.later[0]?.work();
    expect(order.status).toBe('delivered');
    expect(bare.names()).toEqual(['order.created', 'order.payout_sent']);
  });

  test('whose payout fails reports it at once, and overwrites nothing', () => {
    const order = place({ kind: 'x402' });
    order.payoutFails = true;
    market.deliver(order, DELIVERED);
    bare.later[0]?.work();
    expect(order).toMatchObject({ status: 'delivered', payoutTxHash: null });
    expect(last()).toMatchObject({ event: 'order.payout_failed', data: { chain: 'solana' } });
  });

  test('has no race when the gap is 0', () => {
    bare.switches.change({ x402GapMs: 0 });
    const order = place({ kind: 'x402' });
    expect(bare.later).toEqual([]);
    expect(order.payoutTxHash).toMatch(/^0x/);
  });

  test('is not paid out again at the approval', () => {
    bare.switches.change({ x402GapMs: 0 });
    const order = place({ kind: 'x402' });
    const hash = order.payoutTxHash;
    market.deliver(order, DELIVERED);
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

  test('can be retried, and the platform pays later', () => {
    const order = unpaid();
    market.requestPayoutRetry(order.id, agent);
    expect(order.payoutTxHash).toBeNull();
    order.payoutFails = false;
    market.payAgain(order.id);
    expect(last()).toMatchObject({ event: 'order.payout_sent', data: { amount_usd: '18.00' } });
    expect(() => market.requestPayoutRetry(order.id, agent)).toThrow('The order is paid out already');
  });

  test('stays failed without a destination', () => {
    Object.assign(agent, { payoutChain: 'base' });
    const order = delivered();
    market.approve(order.id);
    expect(last()).toMatchObject({ event: 'order.completed', data: { payout_failed: true } });
    expect(() => market.requestPayoutRetry(order.id, agent)).toThrow('The agent has no payout wallet');
  });
});
