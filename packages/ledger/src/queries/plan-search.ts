import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { LedgerConnections } from '../database/connections.ts';
import type { Dialect } from '../database/dialect.ts';
import type { Condition, Filter } from '../search/filter.ts';
import { distinctValues } from './distinct-values.ts';
import { countSearch, isIndexed } from './search-words.ts';
import { type FilterContext, isWordSearch, whereFilter } from './where.ts';

/** From this many orders on, it is faster to check each order of a sorted list. */
const FREQUENT = 2000;
/** From this many orders on, it is faster to check every name than the orders with a word. */
const FREQUENT_IN_NAMES = 3000;
/**
 * Up to this many orders with a name are listed. A list has few orders of one buyer, so checking
 * each order of a sorted list takes longer.
 */
const LISTED_BY_NAME = 5000;

/** What a database finds a row by in the shortest time: a number in SQLite, the key in Postgres. */
type RowId = number | string;

/** How to find the orders that match a filter. */
export interface Plan extends FilterContext {
  /**
   * All orders that fulfil the rarest condition. Null: each condition is frequent. No later query
   * checks this condition again, so an order that changes meanwhile may still be in the list.
   */
  found: RowId[] | null;
  /** The conditions that are still to be checked. */
  unchecked: Filter;
}

/**
 * Decides how to find the orders that match. The databases guess how many orders fulfil a
 * condition, and a wrong guess reads every order. So we count: up to a limit, and on an index.
 */
export async function planSearch(connections: LedgerConnections, filter: Filter, now: number): Promise<Plan> {
  const { dialect } = connections;
  const values = await valuesOf(connections, filter);
  const frequentWords = await frequentWordsOf(connections, filter);
  const context = { dialect, now, frequentWords, values, usesIndexes: true };
  const plan: Plan = { ...context, usesIndexes: false, found: null, unchecked: filter };
  const narrow = async (condition: Condition, limit: number) => {
    const found = await connections.reader
      .selectFrom('orders')
      .select(rowId(dialect).as('id'))
      .where((eb) => whereFilter(eb, [condition], context))
      .limit(limit)
      .execute();
    if (found.length === limit) return;
    plan.found = found.map(({ id }) => id);
    plan.unchecked = filter.filter((other) => other !== condition);
  };
  for (const condition of filter.filter(hasIndex)) await narrow(condition, plan.found?.length ?? FREQUENT);
  const named = filter.find((one) => one.kind === 'text' && isWordSearch(one) && !one.isNegated);
  if (plan.found === null && named !== undefined) await narrow(named, LISTED_BY_NAME + 1);
  return plan;
}

/**
 * The condition that an order is one of those that a plan found.
 * @param isSorted whether the query reads a page of a sorted list. If many orders are found, it is
 * then faster to check each order of the list.
 */
export function isAmong(found: readonly RowId[], dialect: Dialect, isSorted: boolean): RawBuilder<SqlBool> {
  if (dialect === 'postgres') return sql`${rowId(dialect)} = any(${found})`;
  // SQLite finds nothing by an expression with a sign.
  const id = isSorted && found.length >= FREQUENT ? sql`+${rowId(dialect)}` : rowId(dialect);
  return sql`${id} in (select value from json_each(${JSON.stringify(found)}))`;
}

function rowId(dialect: Dialect): RawBuilder<RowId> {
  return sql.ref(dialect === 'sqlite' ? 'orders.rowid' : 'orders.key');
}

/** Whether an index of the table `orders` finds the orders that fulfil a condition. */
function hasIndex(condition: Condition): boolean {
  if (condition.isNegated) return false;
  switch (condition.kind) {
    case 'amount':
      return condition.field !== 'net';
    case 'span':
    case 'period':
      return condition.field !== 'delivered';
    case 'state':
      return ['open', 'late', 'unread', 'waiting', 'urgent', 'cost-unknown'].includes(condition.state);
    case 'stage':
      return true;
    case 'text':
      return condition.field === 'agent' || condition.field === 'handler' || condition.field === 'attention';
    case 'word':
    case 'number':
      return false;
  }
}

/** The conditions of a filter whose words many orders contain. */
async function frequentWordsOf(
  { reader, dialect }: LedgerConnections,
  filter: Filter,
): Promise<ReadonlySet<Condition>> {
  const frequent = new Set<Condition>();
  for (const condition of filter) {
    if (!isWordSearch(condition) || condition.isNegated || !isIndexed(condition.text)) continue;
    const limit = condition.kind === 'word' ? FREQUENT : FREQUENT_IN_NAMES;
    const { rows } = await countSearch(condition.text, dialect, limit).execute(reader);
    if ((rows[0]?.count ?? 0) >= limit) frequent.add(condition);
  }
  return frequent;
}

/** The values of the columns with few values that a filter names a part of. */
async function valuesOf({ reader }: LedgerConnections, filter: Filter): Promise<FilterContext['values']> {
  const isNamed = (field: 'agent' | 'handler') =>
    filter.some((one) => one.kind === 'text' && one.field === field);
  return {
    agent: isNamed('agent') ? await distinctValues(reader, 'agent_id') : [],
    handler: isNamed('handler') ? await distinctValues(reader, 'handler') : [],
  };
}
