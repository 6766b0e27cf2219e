import type { LedgerConnections } from '../database/connections.ts';
import type { Filter } from '../search/filter.ts';
import { countSearch, isIndexed } from './search-words.ts';
import { isWordSearch } from './where.ts';

/** From this many orders on, it is faster to check each order of a list for the word. */
const FREQUENT = 2000;

/** The words of a filter that many orders contain. */
export async function frequentWordsOf(
  { reader, dialect }: LedgerConnections,
  filter: Filter,
): Promise<ReadonlySet<string>> {
  const frequent = new Set<string>();
  for (const condition of filter) {
    if (!isWordSearch(condition) || condition.isNegated || !isIndexed(condition.text)) continue;
    const { rows } = await countSearch(condition.text, dialect, FREQUENT).execute(reader);
    if ((rows[0]?.count ?? 0) >= FREQUENT) frequent.add(condition.text);
  }
  return frequent;
}
