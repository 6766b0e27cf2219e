/**
 * The candidate that a misspelled word probably means. At most half of the longer word may differ.
 * Null: no candidate is that close.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const given = word.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(given, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(given.length, candidate.length) / 2)
    .toSorted((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate ?? null;
}

/** How many characters must be added, removed or replaced to turn one word into the other. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, charA] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, charB] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (charA === charB ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/**
 * The suggestion that an error text gives after an unknown name: the probable name, or else all
 * known names.
 */
export function suggestion(written: string, known: readonly string[]): string {
  const meant = nearest(written, known);
  return meant === null ? `Known: ${known.join(', ')}` : `Did you mean "${meant}"?`;
}
