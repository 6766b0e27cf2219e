/** Random numbers that are the same on every run. */
export interface Luck {
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  pick<T>(choices: readonly T[]): T;
  /** Picks in proportion to the weights. */
  pickWeighted<T extends { weight: number }>(choices: readonly T[]): T;
}

/** mulberry32. */
export function luckOf(seed: number): Luck {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const at = <T>(choices: readonly T[], index: number): T => {
    const choice = choices[Math.min(index, choices.length - 1)];
    if (choice === undefined) throw new Error('There is nothing to pick from.');
    return choice;
  };
  return {
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (choices) => at(choices, Math.floor(next() * choices.length)),
    pickWeighted(choices) {
      let rest = next() * choices.reduce((sum, { weight }) => sum + weight, 0);
      const index = choices.findIndex(({ weight }) => {
        rest -= weight;
        return rest < 0;
      });
      return at(choices, index === -1 ? choices.length - 1 : index);
    },
  };
}
