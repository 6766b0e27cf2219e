import type { Chart } from './charts.ts';

/** What a measure tells: one number of each run. */
export interface Figure {
  /** What it is, the same in each run. */
  what: string;
  unit: string;
  /** What it should reach. */
  target?: { text: string; isMet: (value: number) => boolean };
}

/** The numbers of one run, by the figures they are of. */
export type Values = Record<string, number>;

/** Something to measure, side by side with what it is compared to. */
export interface Measure {
  name: string;
  title: string;
  /** How it is done, and under which conditions. */
  how: string;
  figures: readonly Figure[];
  /** How many runs make a result. */
  runs: number;
  run(options: RunOptions): Promise<Values>;
  /** A picture of the figures, from the median of each. */
  chart?: (values: Values) => Chart;
}

interface RunOptions {
  /** A short run, to see that the program works. Its figures mean little. */
  quick: boolean;
  log: (line: string) => void;
}

/** The middle of the values; of an even number of them, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param share 0 to 1. Between two values it is interpolated. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) throw new Error('There is no value.');
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (high - low) * (place - Math.floor(place));
}

export const atLeast = (least: number): NonNullable<Figure['target']> => ({
  text: `at least ${least}`,
  isMet: (value) => value >= least,
});

export const under = (most: number): NonNullable<Figure['target']> => ({
  text: `under ${most}`,
  isMet: (value) => value < most,
});

export const none: NonNullable<Figure['target']> = { text: 'none', isMet: (value) => value === 0 };
