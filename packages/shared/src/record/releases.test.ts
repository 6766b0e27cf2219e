import { expect, test } from 'vitest';
import { decide } from '../decide/decide.ts';
import type { Fact } from '../facts/facts.ts';
import { at, NOON, policyOf, recordOf } from '../test-support/records.ts';
import type { OrderRecord } from './record.ts';
import { releaseNumber, withdrawableRelease } from './releases.ts';
import { noteFor } from './review.ts';

const BEGAN: Fact = { type: 'began', step: 'generate', round: '0', attempt: 0, start: 0, handler: 'painter' };

/** A paid order without a brief, which waits for a human. */
function orderWith(...facts: Fact[]): OrderRecord {
  return recordOf(
    { brief: null },
    facts.map((fact, index) => at(NOON + 1 + index, fact)),
  );
}
const attentionOf = (record: OrderRecord) =>
  decide(record, policyOf(), NOON + 1000).attention.map(({ key }) => key);
const released = (note: string, again?: number): Fact => ({
  type: 'operator_released',
  round: '0',
  attentionKey: 'no_brief',
  ...(again === undefined ? {} : { again }),
  note,
  by: 'ada',
});
const withdrawn = (again?: number): Fact => ({
  type: 'operator_release_withdrawn',
  round: '0',
  attentionKey: 'no_brief',
  ...(again === undefined ? {} : { again }),
  by: 'ben',
});

test('a release that is taken back holds the order again, and its note does not reach the handler', () => {
  expect(attentionOf(orderWith())).toEqual(['no_brief']);
  expect(attentionOf(orderWith(released('Paint a cat.')))).not.toContain('no_brief');
  const record = orderWith(released('Paint a cat.'), withdrawn());
  expect(attentionOf(record)).toEqual(['no_brief']);
  expect(noteFor(record, '0')).toBeNull();
  expect(withdrawableRelease(record)).toBeNull();
});

test('the order can be released again, and that release can be taken back, too', () => {
  const before = orderWith(released('Paint a cat.'), withdrawn());
  expect(releaseNumber(before, { round: '0', attentionKey: 'no_brief' })).toEqual({ again: 1 });
  const again = orderWith(released('Paint a cat.'), withdrawn(), released('Paint a dog.', 1));
  expect(attentionOf(again)).not.toContain('no_brief');
  expect(noteFor(again, '0')).toBe('Paint a dog.');
  expect(withdrawableRelease(again)).toMatchObject({ again: 1 });
  const last = orderWith(released('a'), withdrawn(), released('b', 1), withdrawn(1));
  expect(attentionOf(last)).toEqual(['no_brief']);
});

test('a release cannot be taken back once a handler has begun the round', () => {
  expect(withdrawableRelease(orderWith(released('a'), BEGAN))).toBeNull();
  expect(withdrawableRelease(orderWith(BEGAN, released('a')))).toMatchObject({ note: 'a' });
  expect(withdrawableRelease(orderWith(released('a'), { ...BEGAN, round: '1' }))).toMatchObject({
    note: 'a',
  });
});
