import { expect, test } from 'vitest';
import { at, generated, NOON, recordOf } from '../test-support/records.ts';
import type { Recorded } from './facts.ts';
import { outlivedFacts } from './outlived.ts';

const heard = (count: number): Recorded[] =>
  Array.from({ length: count }, (_, index) =>
    at(NOON + index, { type: 'heard', event: 'order.message', bodyHash: String(index) }),
  );

test('a record of usual length is kept completely', () => {
  expect(outlivedFacts(recordOf({}, heard(99)))).toEqual([]);
});

test('of endless types of facts the newest are kept, and all others', () => {
  const facts = [generated('0', NOON - 1), ...heard(500)];
  const outlived = outlivedFacts(recordOf({}, facts));
  expect(outlived).toEqual(heard(450));
});

test('the first event of the payment is kept, because it says when the order was paid', () => {
  const paid = at(NOON - 1, { type: 'heard', event: 'order.paid', bodyHash: 'paid' });
  expect(outlivedFacts(recordOf({}, [paid, ...heard(500)]))).toEqual(heard(450));
});

test('the last remembered value of each round and attempt is kept', () => {
  const remembered = (round: string, attempt: number, count: number): Recorded[] =>
    Array.from({ length: count }, (_, index) =>
      at(NOON + 1000 * attempt + index, {
        type: 'remembered',
        round,
        attempt,
        start: 0,
        index,
        json: String(index),
      }),
    );
  const [first, retried, revised] = [remembered('0', 0, 90), remembered('0', 1, 90), remembered('1', 0, 1)];
  const outlived = outlivedFacts(recordOf({}, [...first, ...retried, ...revised]));
  expect(outlived).toEqual([...first.slice(0, -1), ...retried.slice(0, -1)]);
});

test('the failure of an unreadable order is kept', () => {
  const failures = Array.from({ length: 200 }, (_, index) =>
    at(NOON - 200 + index, { type: 'read_failed', observedAt: index, reason: 'away', isRefusal: false }),
  );
  const record = recordOf({}, failures, { observedAt: 199 });
  expect(outlivedFacts(record)).toHaveLength(190);
  expect(outlivedFacts(record)).not.toContainEqual(failures.at(-1));
});
