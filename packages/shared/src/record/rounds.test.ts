import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ORDER_STATUSES } from '../order/order.ts';
import { runs } from '../test-support/records.ts';
import { answersDispute, compareRounds, owedRound, ROUND_PATTERN, revisionOf } from './rounds.ts';

test.each([
  ['paid', 0, '0'],
  ['in_progress', 0, '0'],
  ['revision_requested', 1, '1'],
  ['revision_requested', 3, '3'],
  ['revision_requested', 0, '1'],
  ['disputed', 0, '0d'],
  ['disputed', 2, '2d'],
] as const)('an order that is %s with %i revisions needs round %s', (status, revisionCount, round) => {
  expect(owedRound({ status, revisionCount })).toBe(round);
});

test.each(['pending_quote', 'quoted', 'accepted', 'delivered', 'completed', 'cancelled', 'unknown'] as const)(
  'an order that is %s needs no round',
  (status) => {
    expect(owedRound({ status, revisionCount: 1 })).toBeNull();
  },
);

test.each([0, 2])(
  'an order that is delivered without a deliverable after %i revisions needs that round',
  (revisionCount) => {
    const shown = (hasDeliverables: boolean | null) =>
      owedRound({ status: 'delivered', revisionCount, hasDeliverables });
    expect(shown(false)).toBe(String(revisionCount));
    expect(shown(true)).toBeNull();
    expect(shown(null)).toBeNull();
  },
);

const order = fc.record({
  status: fc.constantFrom(...ORDER_STATUSES, 'unknown' as const),
  revisionCount: fc.nat(999_999),
});

test('a round has a name for jobs and facts, which says what it answers', () => {
  fc.assert(
    fc.property(order, (it) => {
      const round = owedRound(it);
      if (round === null) return;
      expect(round).toMatch(ROUND_PATTERN);
      expect(answersDispute(round)).toBe(it.status === 'disputed');
      if (it.status === 'disputed') expect(revisionOf(round)).toBe(it.revisionCount);
    }),
    runs(500),
  );
});

test('rounds are in chronological order', () => {
  const rounds = ['2d', '10', '0d', '1', '0', '2', '1d'];
  expect(rounds.toSorted(compareRounds)).toEqual(['0', '0d', '1', '1d', '2', '2d', '10']);
});
