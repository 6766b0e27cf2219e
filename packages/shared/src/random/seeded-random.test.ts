import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../test-support/records.ts';
import { seededRandom } from './seeded-random.ts';

test('the same seed gives the same numbers, all from 0 to below 1, and another seed gives others', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const numbers = (of: number) => Array.from({ length: 20 }, seededRandom(of));
      expect(numbers(seed)).toEqual(numbers(seed));
      expect(numbers(seed)).not.toEqual(numbers(seed + 1));
      for (const number of numbers(seed)) expect(number >= 0 && number < 1).toBe(true);
    }),
    runs(200),
  );
});

test('the numbers are spread evenly', () => {
  const random = seededRandom(1);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let turn = 0; turn < 10_000; turn += 1) {
    const bucket = Math.floor(random() * 10);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
