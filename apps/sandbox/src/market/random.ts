import { type Random, seededRandom } from '@fulfillment/shared/seeded-random';

export type { Random };

/** Random numbers that a seed fixes. `restart` repeats them from the first. */
export function seededLuck(seed: number): { random: Random; restart(): void } {
  let random = seededRandom(seed);
  return {
    random: () => random(),
    restart() {
      random = seededRandom(seed);
    },
  };
}
