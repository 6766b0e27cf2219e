import { type Expression, type ExpressionBuilder, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Dialect } from '../database/dialect.ts';
import type { LedgerTables } from '../database/schema.ts';
import { searchable } from '../projection/texts.ts';

type Builder = ExpressionBuilder<LedgerTables, 'orders'>;

/** The index of SQLite holds groups of three characters. A pair is the beginning of some groups. */
const GROUP = 3;
const LEAST_INDEXED = 2;
/** Sorts after every other character. */
const LAST_CHARACTER = '\u{10ffff}';

/**
 * Whether an order contains a word anywhere in its id, buyer, service or brief, whatever the case.
 * @param isFrequent whether many orders contain the word. Then each order of the list is checked,
 * since listing all that contain the word would take longer.
 */
export function containsWord(
  eb: Builder,
  word: string,
  { dialect, isFrequent }: { dialect: Dialect; isFrequent: boolean },
): Expression<SqlBool> {
  const text = searchable(word);
  if (dialect === 'sqlite' && isIndexed(text) && !isFrequent)
    return sql<SqlBool>`orders.key in (${keysBySearch(text)})`;
  const found = eb
    .selectFrom('order_texts')
    .select('order_texts.id')
    .whereRef('order_texts.order_key', '=', 'orders.key');
  if (dialect === 'sqlite') return eb.exists(found.where(sql<number>`instr(search, ${text})`, '>', 0));
  if (isFrequent) return eb.exists(found.where('search', 'like', likePattern(text)));
  return eb(
    'orders.key',
    'in',
    eb.selectFrom('order_texts').select('order_key').where('search', 'like', likePattern(text)),
  );
}

/** Whether SQLite's index can find the word. */
export function isIndexed(word: string): boolean {
  return [...searchable(word)].length >= LEAST_INDEXED;
}

/** Counts the orders that contain a word, up to a limit. For words that the index can find. */
export function countSearch(word: string, dialect: Dialect, limit: number) {
  const text = searchable(word);
  return dialect === 'sqlite'
    ? sql<{ count: number }>`select count(*) as count from
        (select 1 from order_search where order_search match ${phrase(text)} limit ${limit}) as found`
    : sql<{ count: number }>`select count(*) as count from
        (select 1 from order_texts where search like ${likePattern(text)} limit ${limit}) as found`;
}

function keysBySearch(text: string) {
  return sql`select order_key from order_texts where id in
    (select rowid from order_search where order_search match ${phrase(text)})`;
}

/** What FTS5 searches for: the text itself, or for a pair, each group that begins with the pair. */
function phrase(text: string): RawBuilder<string> {
  if ([...text].length >= GROUP) return sql<string>`${`"${text.replaceAll('"', '""')}"`}`;
  return sql<string>`(select group_concat('"' || replace(term, '"', '""') || '"', ' OR ')
    from order_search_terms where term >= ${text} and term < ${text + LAST_CHARACTER})`;
}

/** A pattern for LIKE that finds the text anywhere. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
