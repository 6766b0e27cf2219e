/**
 * How many of a window's possible deliveries go out, in each way to sell. The real script runs in
 * simulated time.
 */
import { afterAll, expect, test } from 'vitest';
import { BUDGET_MODES, limitOf, sellIn } from '../test-support/budget-modes.ts';
import { openScratch } from '../test-support/scratch.ts';

const scratch = await openScratch();
afterAll(() => scratch[Symbol.asyncDispose]());
const SEEDS = [1, 2, 3];
/** Orders of a window that may fall into the previous or the next window. */
const AT_THE_EDGES = 0.5;

test.each(BUDGET_MODES)(
  '$rate orders an hour, webhooks $hearsWebhooks, $uploads uploads: 90 % of the limit, in the first window and later',
  async (mode) => {
    const least = 0.9 * limitOf(mode);
    for (const seed of SEEDS) {
      const { first, later } = await sellIn(scratch, mode, seed);
      expect(first.delivered).toBeGreaterThanOrEqual(least - AT_THE_EDGES);
      expect(later.delivered).toBeGreaterThanOrEqual(least - AT_THE_EDGES);
    }
  },
);

test('the limit of a mode is what 30 calls can do', () => {
  expect(BUDGET_MODES.map((mode) => [mode.rate, mode.hearsWebhooks, mode.uploads, limitOf(mode)])).toEqual([
    [15, true, 0, 15],
    [15, true, 1, 15],
    [15, false, 0, 15],
    [15, false, 1, 14],
    [30, true, 0, 30],
    [30, true, 1, 15],
    [30, false, 0, 29],
    [30, false, 1, 14],
  ]);
});
