import type { OrderRef } from '@fulfillment/shared';
import { type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { LedgerConnections } from '../database/connections.ts';
import type { LedgerTables, OrderRow } from '../database/schema.ts';
import { orderKey, refOfKey } from '../projection/order-key.ts';
import type { OrderRows } from '../projection/rows.ts';
import type { Filter } from '../search/filter.ts';
import { readOrderRows } from './order-rows.ts';
import { addUp, type OrderTotals } from './order-totals.ts';
import { isAmong, type Plan, planSearch } from './plan-search.ts';
import { countSearch, isIndexed } from './search-words.ts';
import { DEFAULT_SORT, SORT_COLUMNS, type Sort } from './sort.ts';
import { whereFilter } from './where.ts';

/** A page of a list. */
export interface PageRequest {
  /** From 1. */
  page: number;
  /** How many orders a page has: at most 200. */
  size: number;
}

/** How many orders match. A count is exact up to its limit. */
export interface OrderCount {
  count: number;
  /** False: at least `count` orders match. */
  isExact: boolean;
}

/** How far a count goes unless the caller says otherwise. */
const MOST_COUNTED = 5000;
const LARGEST_PAGE = 200;
/** Orders beyond this place are reached by another sort or a narrower filter. */
const LAST_PLACE = 10_000;
/** How many rows a stream reads at once. */
const PART = 500;
/** Bounds the memory that a stream's list of orders takes. */
const MOST_STREAMED = 1_000_000;

/** The orders that match a filter. Each query on them selects what it needs. */
type Matching = SelectQueryBuilder<LedgerTables, 'orders', Record<never, never>>;

/** Finds orders. `now` is in ms since the epoch: filters such as `is:late` depend on it. */
export class OrderQueries {
  readonly #connections: LedgerConnections;

  constructor(connections: LedgerConnections) {
    this.#connections = connections;
  }

  /**
   * A page of the orders that match, in the given order. Empty beyond the last page, and beyond the
   * first 10,000 orders.
   */
  async search(
    filter: Filter,
    sort: Sort,
    { page, size, now }: PageRequest & { now: number },
  ): Promise<OrderRow[]> {
    const effective = hasNoValues(filter, sort) ? DEFAULT_SORT : sort;
    const plan = await planSearch(this.#connections, filter, now);
    return this.#page(this.#matching(plan, true), effective, { page, size });
  }

  /**
   * A page of the orders that match, as `search` returns it, with their count and their sums. The
   * totals are null if more than `MOST_COUNTED` orders match: reading all of them would take too
   * long for a page.
   */
  async list(
    filter: Filter,
    sort: Sort,
    { page, size, now }: PageRequest & { now: number },
  ): Promise<{ orders: OrderRow[]; found: OrderCount; totals: OrderTotals | null }> {
    const plan = await planSearch(this.#connections, filter, now);
    const effective = hasNoValues(filter, sort) ? DEFAULT_SORT : sort;
    const orders = await this.#page(this.#matching(plan, true), effective, { page, size });
    // The index of words counts a single word much faster than orders are added up.
    const counted = onlyWord(filter) === null ? null : await this.count(filter, now);
    const totals =
      counted?.isExact === false
        ? null
        : await addUp(this.#connections.reader, this.#matching(plan), MOST_COUNTED);
    if (totals !== null) return { orders, found: { count: totals.count, isExact: true }, totals };
    return { orders, found: counted ?? { count: MOST_COUNTED, isExact: false }, totals };
  }

  /** Counts the orders that match, up to `limit`. */
  async count(filter: Filter, now: number, limit = MOST_COUNTED): Promise<OrderCount> {
    const word = onlyWord(filter);
    if (word !== null) {
      const { reader, dialect } = this.#connections;
      const { rows } = await countSearch(word, dialect, limit + 1).execute(reader);
      const found = rows[0]?.count ?? 0;
      return { count: Math.min(found, limit), isExact: found <= limit };
    }
    const plan = await planSearch(this.#connections, filter, now);
    const matching = this.#matching(plan)
      .select('orders.key')
      .limit(limit + 1);
    const { count } = await this.#connections.reader
      .selectFrom(matching.as('matching'))
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return { count: Math.min(count, limit), isExact: count <= limit };
  }

  /**
   * The orders that match now, in the given order. Later changes of the orders do not change the
   * list.
   * @param limit at most this many orders.
   */
  async ids(filter: Filter, sort: Sort, { now, limit }: { now: number; limit: number }): Promise<OrderRef[]> {
    return (await this.#keys(filter, sort, { now, limit })).map(refOfKey);
  }

  /**
   * All orders that match now, in the given order. The rows are read in parts, so that other work
   * goes on in between. An order that no longer exists when its part is read is left out.
   */
  async *stream(filter: Filter, sort: Sort, now: number): AsyncGenerator<OrderRow> {
    const keys = await this.#keys(filter, sort, { now, limit: MOST_STREAMED });
    for (let start = 0; start < keys.length; start += PART)
      yield* await this.#rows(keys.slice(start, start + PART));
  }

  /** Everything that the ledger holds of one order. Null: the ledger does not know the order. */
  async find(ref: OrderRef): Promise<OrderRows | null> {
    return readOrderRows(this.#connections.reader, orderKey(ref));
  }

  /** The orders with this id, of any agent. */
  async findById(orderId: string): Promise<OrderRow[]> {
    return this.#connections.reader
      .selectFrom('orders')
      .selectAll()
      .where('order_id', '=', orderId)
      .execute();
  }

  async #keys(
    filter: Filter,
    { column, direction }: Sort,
    { now, limit }: { now: number; limit: number },
  ): Promise<string[]> {
    const of = SORT_COLUMNS[column];
    const plan = await planSearch(this.#connections, filter, now);
    const found = await this.#matching(plan)
      .select('orders.key')
      .orderBy((eb) => eb(of, 'is', null))
      .orderBy(of, direction)
      .orderBy('orders.key', direction)
      .limit(limit)
      .execute();
    return found.map(({ key }) => key);
  }

  async #page(matching: Matching, sort: Sort, { page, size }: PageRequest): Promise<OrderRow[]> {
    const limit = Math.min(Math.max(1, size), LARGEST_PAGE);
    const offset = (Math.max(1, page) - 1) * limit;
    if (offset >= LAST_PLACE) return [];
    return this.#rows(await this.#slice(matching, sort, { offset, limit }));
  }

  /** Orders without a value come last. Two queries, since no index holds such an order of rows. */
  async #slice(
    matching: Matching,
    { column, direction }: Sort,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<string[]> {
    const of = SORT_COLUMNS[column];
    const valued = matching.where(of, 'is not', null);
    const first = await valued
      .select('orders.key')
      .orderBy(of, direction)
      .orderBy('orders.key', direction)
      .limit(limit)
      .offset(offset)
      .execute();
    const keys = first.map(({ key }) => key);
    if (keys.length === limit) return keys;
    const skipped = keys.length > 0 || offset === 0 ? 0 : offset - (await countOf(valued));
    const rest = await matching
      // The sign keeps the database from reading all orders without a value by the column's index.
      .where(sql<SqlBool>`+${sql.ref(of)} is null`)
      .select('orders.key')
      .orderBy('updated_at', 'desc')
      .orderBy('orders.key', 'desc')
      .limit(limit - keys.length)
      .offset(Math.max(0, skipped))
      .execute();
    return [...keys, ...rest.map(({ key }) => key)];
  }

  async #rows(keys: readonly string[]): Promise<OrderRow[]> {
    if (keys.length === 0) return [];
    const rows = await this.#connections.reader
      .selectFrom('orders')
      .selectAll()
      .where('key', 'in', keys)
      .execute();
    const byKey = new Map(rows.map((row) => [row.key, row]));
    return keys.flatMap((key) => byKey.get(key) ?? []);
  }

  /** The orders of a plan. `isSorted`: for a page of a sorted list. */
  #matching(plan: Plan, isSorted = false): Matching {
    const { found, unchecked, dialect } = plan;
    const matching = this.#connections.reader
      .selectFrom('orders')
      .where((eb) => whereFilter(eb, unchecked, plan));
    return found === null ? matching : matching.where(isAmong(found, dialect, isSorted));
  }
}

/** The word of a filter that searches for one word alone, if the index of words has it. */
function onlyWord(filter: Filter): string | null {
  const [only] = filter;
  const isWord = filter.length === 1 && only?.kind === 'word' && !only.isNegated && isIndexed(only.text);
  return isWord ? only.text : null;
}

/**
 * Whether no order that matches has a value in the column of a list. The list then has the order of
 * orders without a value, and reads no other order.
 */
function hasNoValues(filter: Filter, { column }: Sort): boolean {
  const isUnknown = filter.some(
    (one) => one.kind === 'state' && one.state === 'cost-unknown' && !one.isNegated,
  );
  return isUnknown && (column === 'cost' || column === 'margin');
}

async function countOf(matching: Matching): Promise<number> {
  const { count } = await matching
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}
