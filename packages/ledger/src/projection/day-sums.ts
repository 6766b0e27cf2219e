const DAY_MS = 86_400_000;

/** The day of a time in ms since the epoch, in whole days of UTC since the epoch. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/**
 * How sums change when rows are replaced.
 * @param before the rows as they are. Each is the sum of one order or payout.
 * @param after the same rows as they will be, and new ones.
 * @param keys the columns that identify a sum.
 * @param sums the columns that are added up.
 * @returns the differences, one for each sum that changes.
 */
export function differences<
  Row extends Record<Key, string | number> & Record<Sum, number>,
  Key extends string,
  Sum extends string,
>(
  before: readonly Row[],
  after: readonly Row[],
  { keys, sums }: { keys: readonly Key[]; sums: readonly Sum[] },
): Row[] {
  const changes = new Map<string, { row: Row; sums: Map<Sum, number> }>();
  const add = (row: Row, sign: 1 | -1) => {
    const key = JSON.stringify(keys.map((name) => row[name]));
    const change = changes.get(key) ?? { row, sums: new Map<Sum, number>() };
    for (const name of sums) change.sums.set(name, (change.sums.get(name) ?? 0) + sign * row[name]);
    changes.set(key, change);
  };
  for (const row of before) add(row, -1);
  for (const row of after) add(row, 1);
  return [...changes.values()]
    .filter((change) => [...change.sums.values()].some((value) => value !== 0))
    .map((change) => ({ ...change.row, ...Object.fromEntries(change.sums) }));
}
