import type { Chart } from './charts.ts';

/** A figure of a measure: one number for each run. */
export interface Figure {
  /** The figure's name, the same in each run. */
  what: string;
  unit: string;
  /** The figure's target. */
  target?: { text: string; isMet: (value: number) => boolean };
}

/** The numbers of one run, by figure. */
export type Values = Record<string, number>;

/** Something to measure, side by side with its comparison. */
export interface Measure {
  name: string;
  title: string;
  /** The method, and the conditions. */
  how: string;
  figures: readonly Figure[];
  /** The number of runs that make a result. */
  runs: number;
  run(options: RunOptions): Promise<Values>;
  /** A picture of the figures, from the median of each. */
  chart?: (values: Values) => Chart;
}

interface RunOptions {
  /** A short run that only shows that the program works. Its figures mean little. */
  quick: boolean;
  log: (line: string) => void;
}

/** The median of the values. For an even number of values, the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Interpolates between two values. @param share 0 to 1. */
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

export const atMost = (most: number): NonNullable<Figure['target']> => ({
  text: `at most ${most}`,
  isMet: (value) => value <= most,
});

export const under = (most: number): NonNullable<Figure['target']> => ({
  text: `under ${most}`,
  isMet: (value) => value < most,
});

export const none: NonNullable<Figure['target']> = { text: 'none', isMet: (value) => value === 0 };
