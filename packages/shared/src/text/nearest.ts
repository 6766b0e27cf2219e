/**
 * The name that somebody probably meant, for an error text.
 * @returns undefined when none of the known names is near the one that was written.
 */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const wanted = written.toLowerCase();
  const [best] = known
    .map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .filter(
      ({ name, distance }) => distance <= Math.max(1, Math.floor(Math.max(name.length, wanted.length) / 3)),
    )
    .sort((a, b) => a.distance - b.distance);
  return best?.name;
}

/** What an error text says after a name that is not known: the name that was probably meant, else all that there are. */
export function suggestion(written: string, known: readonly string[]): string {
  const near = nearest(written, known);
  return near === undefined ? `Known: ${known.join(', ')}` : `Did you mean "${near}"?`;
}

/** How many letters must be inserted, removed, replaced, or swapped with their neighbour. */
function distanceOf(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      const cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row.push(isSwapped ? Math.min(cost, at(beforeLast, j - 2) + 1) : cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, other.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
