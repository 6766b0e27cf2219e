import { seededRandom } from '@fulfillment/shared/seeded-random';

/**
 * Random values that a seed fixes. Each part of the program has its own stream, so that its timing
 * does not change another part's values.
 */
export interface Luck {
  /** 0 to 1. */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  pick<T>(choices: readonly T[]): T;
  /** Another stream, fixed by this one's seed and a name. */
  fork(name: string): Luck;
}

/** A stream over a seed and a name. */
export function luckOf(seed: number, name = ''): Luck {
  const next = seededRandom(seed ^ hash(name));
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    chance: (probability) => next() < probability,
    between,
    pick(choices) {
      const choice = choices[between(0, choices.length - 1)];
      if (choice === undefined) throw new Error('There is nothing to pick from.');
      return choice;
    },
    fork: (child) => luckOf(seed, `${name}/${child}`),
  };
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value;
}
