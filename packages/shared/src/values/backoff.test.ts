import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffWait, withJitter } from './backoff.ts';

test('the wait doubles from the first wait up to the longest', () => {
  const waits = [0, 1, 2, 3, 4, 5000].map((failures) => backoffWait({ first: 100, longest: 1000 }, failures));
  expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('a first wait above the limit is cut', () => {
  expect(backoffWait({ first: 90, longest: 60 }, 0)).toBe(60);
});

test('the wait never shrinks, and stays between its limits', () => {
  const limits = fc.record({ first: fc.nat(10_000), longest: fc.nat(1e9) });
  fc.assert(
    fc.property(limits, fc.nat(2000), (backoff, failures) => {
      const wait = backoffWait(backoff, failures);
      expect(wait).toBeLessThanOrEqual(backoff.longest);
      expect(wait).toBeGreaterThanOrEqual(Math.min(backoff.first, backoff.longest));
      expect(backoffWait(backoff, failures + 1)).toBeGreaterThanOrEqual(wait);
    }),
  );
});

test('jitter spreads a wait by a quarter in both directions', () => {
  expect([0, 0.5, 1].map((random) => withJitter(1000, random))).toEqual([750, 1000, 1250]);
});
