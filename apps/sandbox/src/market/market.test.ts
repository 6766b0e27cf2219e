import { beforeEach, describe, expect, test } from 'vitest';
import { BareMarket, DELIVERED, NOW } from '../test-support/bare-market.ts';
import type { MarketEvent } from './events.ts';
import type { Market } from './market.ts';
import type { Agent } from './types.ts';

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

describe('a seller gets the event', () => {
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

  test('of a revision, with the feedback and whether the price includes it', () => {
    const order = delivered();
    market.requestRevision(order.id, 'Bluer');
    expect(last()?.data).toEqual({
      feedback: 'Bluer',
      revision_count: 1,
      max_revisions: 1,
      is_extra: false,
    });
    market.deliver(order, DELIVERED);
    market.requestRevision(order.id, 'Redder');
    expect(last()?.data).toMatchObject({ revision_count: 2, is_extra: true });
  });

  test('of a dispute, with its reason', () => {
    market.dispute(delivered().id, 'Not mine');
    expect(last()).toMatchObject({ event: 'order.disputed', data: { reason: 'Not mine' } });
  });

  test('of a cancellation, with the status before', () => {
    const order = place();
    market.pay(order.id);
    market.cancel(order.id);
    expect(last()).toMatchObject({ event: 'order.cancelled', data: { previous_status: 'paid' } });
  });

  test("of the buyer's messages, but not of its own", () => {
    const order = delivered();
    market.write(order, 'Here it is', agent);
    expect(told).toEqual([]);
    market.write(order, 'Thanks', 'wallet');
    expect(last()?.data).toEqual({ sender_type: 'wallet', sender_name: null, content: 'Thanks' });
  });

  test('not of its own quotes and deliveries', () => {
    delivered();
    expect(told).toEqual([]);
  });
});

test('an agent that is not marketable cannot be hired', () => {
  Object.assign(agent, { isMarketable: false });
  expect(() => place()).toThrow('not yet available for hire');
});

describe('a bounty', () => {
  test('that is accepted becomes a paid order, and the other claims are rejected', () => {
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
