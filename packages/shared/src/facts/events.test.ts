import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../test-support/records.ts';
import { contentHash } from '../text/content-hash.ts';
import { factsFromEvent } from './events.ts';
import { factSchema } from './facts.ts';

const NAMES = [
  'order.created',
  'order.paid',
  'order.revision_requested',
  'order.disputed',
  'order.message',
  'order.completed',
  'order.payout_sent',
  'order.payout_failed',
  'bounty.accepted',
  'order.from_the_future',
];

const DELIVERY = { bodyHash: 'h4sh', sentAt: 1_795_000_000_000 };

function factsOf(event: string, data?: unknown) {
  const heard = factsFromEvent({ event, order_id: 'ord_1', data }, DELIVERY);
  if ('problem' in heard) throw new Error(heard.problem);
  return heard.facts.slice(1);
}

test('any body is an event or has a problem in words, and its facts can be stored', () => {
  const names = [
    'feedback',
    'revision_count',
    'is_extra',
    'reason',
    'content',
    'payout_failed',
    'deadline_hours',
  ];
  const data = fc.record(Object.fromEntries(names.map((name) => [name, fc.jsonValue()])), {
    requiredKeys: [],
  });
  const event = fc.record({
    event: fc.oneof(fc.constantFrom(...NAMES), fc.string()),
    order_id: fc.oneof(fc.constant('ord_1'), fc.jsonValue()),
    data: fc.oneof(data, fc.jsonValue()),
  });
  fc.assert(
    fc.property(fc.oneof(event, fc.jsonValue()), (body) => {
      const heard = factsFromEvent(body, DELIVERY);
      if ('problem' in heard) expect(heard.problem).not.toBe('');
      else for (const fact of heard.facts) expect(factSchema.parse(fact)).toEqual(fact);
    }),
    runs(1000),
  );
});

test.each([
  [null, 'body: '],
  [[], 'body: '],
  [{ event: 'order.paid' }, 'order_id: '],
  [{ event: 'order.paid', order_id: 'a/b' }, 'order_id: an id of letters'],
  [{ order_id: 'ord_1' }, 'event: '],
  [{ event: 'order.paid', order_id: 'ord_1', data: 'x' }, 'data: '],
])('%j has a problem that names the field', (body, start) => {
  expect(factsFromEvent(body, DELIVERY)).toEqual({ problem: expect.stringContaining(start) });
});

test.each(NAMES)('%s is recorded, even without data', (event) => {
  const heard = factsFromEvent({ event, order_id: 'ord_1' }, DELIVERY);
  if ('problem' in heard) throw new Error(heard.problem);
  expect(heard).toMatchObject({ event, orderId: 'ord_1' });
  expect(heard.facts[0]).toEqual({ type: 'heard', event, ...DELIVERY });
});

test('a revision has its feedback, under its number', () => {
  const data = { feedback: 'Bluer.', revision_count: 2, max_revisions: 3, is_extra: false };
  expect(factsOf('order.revision_requested', data)).toEqual([
    { type: 'revision_requested', revision: 2, feedback: 'Bluer.', isExtra: false },
  ]);
  expect(factsOf('order.revision_requested', { ...data, feedback: '' })).toEqual([]);
  expect(factsOf('order.revision_requested', { ...data, revision_count: 0 })).toMatchObject([
    { revision: 1 },
  ]);
});

test('a dispute has its reason, or none', () => {
  expect(factsOf('order.disputed', { reason: 'A dog.' })).toMatchObject([{ reason: 'A dog.', ...DELIVERY }]);
  expect(factsOf('order.disputed')).toMatchObject([{ reason: 'no reason given' }]);
});

test("a buyer's message has its text", () => {
  expect(factsOf('order.message', { content: 'Hi', sender_name: 'Ada' })).toEqual([
    { type: 'buyer_message', content: 'Hi', senderName: 'Ada', ...DELIVERY, bodyHash: contentHash('Hi') },
  ]);
  expect(factsOf('order.message', { content: null })).toEqual([]);
});

test('a bounty brings its deadline, unless that is not a number of hours', () => {
  expect(factsOf('bounty.accepted', { budget_usd: 90, deadline_hours: '24' })).toEqual([
    { type: 'bounty_accepted', budgetUsd: '90', deadlineHours: 24 },
  ]);
  for (const deadline_hours of [0, -1, 'soon', null, {}]) {
    expect(factsOf('bounty.accepted', { deadline_hours })).toMatchObject([{ deadlineHours: null }]);
  }
});

test('payouts bring their result, and a completion only when its payout failed', () => {
  expect(factsOf('order.completed', { payout_failed: false })).toEqual([]);
  expect(factsOf('order.completed', { payout_failed: true })).toMatchObject([
    { type: 'payout', outcome: 'failed' },
  ]);
  expect(factsOf('order.payout_sent', { amount_usd: '40.50', tx_hash: '5x' })).toMatchObject([
    { outcome: 'sent', amountUsd: '40.50', txHash: '5x', reason: null },
  ]);
  expect(factsOf('order.payout_failed', { reason: 'bad wallet' })).toMatchObject([
    { outcome: 'failed', reason: 'bad wallet' },
  ]);
});
