/** A stream of numbers from 0 to 1. */
export type Random = () => number;

/**
 * Random numbers that a seed fixes: the same seed gives the same numbers, and `restart` repeats
 * them. (mulberry32)
 */
export function seededLuck(seed: number): { random: Random; restart(): void } {
  let state = seed >>> 0;
  return {
    random() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    },
    restart() {
      state = seed >>> 0;
    },
  };
}
