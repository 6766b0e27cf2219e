const AT_ONCE = 8;

/** Runs `work` for each thing, a few at once. @returns the results, in the order of the things. */
export async function inTurn<T, R>(things: readonly T[], work: (thing: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let first = 0; first < things.length; first += AT_ONCE) {
    results.push(...(await Promise.all(things.slice(first, first + AT_ONCE).map(work))));
  }
  return results;
}
