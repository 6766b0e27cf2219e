import { type SqlBool, sql } from 'kysely';
import type { LedgerConnections } from '../database/connections.ts';
import type { AttentionRow, OrderRow } from '../database/schema.ts';

/** The orders that wait for a human for the same reason. */
export interface AttentionGroup extends Pick<AttentionRow, 'kind' | 'cause' | 'title' | 'detail'> {
  orders: number;
  urgent: number;
  /** The earliest due time, in ms since the epoch. Null: no order of the group has one. */
  firstDueAt: number | null;
  /** Since when the longest of them waits, in ms since the epoch. Null: not known. */
  openedAt: number | null;
  /** The sum of the orders' prices. */
  priceMicros: number;
  /** The actions that every order of the group allows. */
  actions: string[];
}

/** An attention and its order. */
export interface AttentionEntry {
  attention: AttentionRow;
  order: OrderRow;
}

/** The counts of the navigation. */
export interface OrderCounts {
  open: number;
  waiting: number;
  late: number;
  unread: number;
}

/** A database takes only so many parameters in one query. */
const KEYS_A_QUERY = 500;

/** Finds what waits for a human. */
export class AttentionQueries {
  readonly #connections: LedgerConnections;

  constructor(connections: LedgerConnections) {
    this.#connections = connections;
  }

  /** The groups, the earliest due time first, then the most money. */
  async groups(): Promise<AttentionGroup[]> {
    const rows = await this.#connections.reader
      .selectFrom('attention')
      .innerJoin('orders', 'orders.key', 'attention.order_key')
      .select(['kind', 'cause', 'title', 'detail', 'actions'])
      .select((eb) => [
        eb.fn.countAll<number>().as('orders'),
        eb.fn.sum<number>('attention.is_urgent').as('urgent'),
        eb.fn.min<number | null>('due_at').as('first_due_at'),
        eb.fn.min<number | null>('opened_at').as('opened_at'),
        eb.fn.coalesce(eb.fn.sum<number>('price_micros'), eb.val(0)).as('price_micros'),
      ])
      .groupBy(['kind', 'cause', 'title', 'detail', 'actions'])
      .execute();
    const groups = new Map<string, AttentionGroup>();
    for (const row of rows) {
      const name = JSON.stringify([row.kind, row.title, row.detail]);
      groups.set(name, merged(groups.get(name), row));
    }
    return [...groups.values()].toSorted(
      (a, b) => (a.firstDueAt ?? Infinity) - (b.firstDueAt ?? Infinity) || b.priceMicros - a.priceMicros,
    );
  }

  /** The orders of a group, the earliest due time first, then the highest price. */
  async entries(
    { kind, title, detail }: Pick<AttentionGroup, 'kind' | 'title' | 'detail'>,
    limit: number,
  ): Promise<AttentionEntry[]> {
    const db = this.#connections.reader;
    const attention = await db
      .selectFrom('attention')
      .innerJoin('orders', 'orders.key', 'attention.order_key')
      .selectAll('attention')
      .where('kind', '=', kind)
      .where('title', '=', title)
      .where('detail', '=', detail)
      .orderBy((eb) => eb('due_at', 'is', null))
      .orderBy('due_at', 'asc')
      .orderBy('price_micros', 'desc')
      .orderBy('orders.key', 'asc')
      .limit(limit)
      .execute();
    if (attention.length === 0) return [];
    const keys = attention.map(({ order_key: key }) => key);
    const orders = await db.selectFrom('orders').selectAll().where('key', 'in', keys).execute();
    const byKey = new Map(orders.map((order) => [order.key, order]));
    return attention.flatMap((item) => {
      const order = byKey.get(item.order_key);
      return order === undefined ? [] : [{ attention: item, order }];
    });
  }

  /** How many of these orders have an attention that allows an action. */
  async countAllowing(action: string, orderKeys: readonly string[]): Promise<number> {
    let total = 0;
    for (let start = 0; start < orderKeys.length; start += KEYS_A_QUERY) {
      const { count } = await this.#connections.reader
        .selectFrom('attention')
        .select((eb) => eb.fn.count<number>('order_key').distinct().as('count'))
        .where('order_key', 'in', orderKeys.slice(start, start + KEYS_A_QUERY))
        .where(sql<SqlBool>`',' || actions || ',' like ${`%,${action},%`}`)
        .executeTakeFirstOrThrow();
      total += count;
    }
    return total;
  }

  /** Counts for the navigation. */
  async counts(now: number): Promise<OrderCounts> {
    const db = this.#connections.reader;
    const count = async (column: 'open' | 'waiting' | 'late' | 'unread') => {
      let query = db.selectFrom('orders').select((eb) => eb.fn.countAll<number>().as('count'));
      if (column === 'open') query = query.where('is_open', '=', 1);
      if (column === 'waiting') query = query.where('attention_count', '>', 0);
      if (column === 'late') query = query.where('is_open', '=', 1).where('due_at', '<', now);
      if (column === 'unread') query = query.where('unread_count', '>', 0);
      return (await query.executeTakeFirstOrThrow()).count;
    };
    return {
      open: await count('open'),
      waiting: await count('waiting'),
      late: await count('late'),
      unread: await count('unread'),
    };
  }
}

interface GroupRow extends Pick<AttentionRow, 'kind' | 'cause' | 'title' | 'detail'> {
  actions: string;
  orders: number;
  urgent: number;
  first_due_at: number | null;
  opened_at: number | null;
  price_micros: number;
}

function merged(group: AttentionGroup | undefined, row: GroupRow): AttentionGroup {
  const actions = row.actions.split(',').filter(Boolean);
  if (group === undefined) {
    const { first_due_at: firstDueAt, opened_at: openedAt, price_micros: priceMicros, ...rest } = row;
    return { ...rest, firstDueAt, openedAt, priceMicros, actions };
  }
  return {
    ...group,
    orders: group.orders + row.orders,
    urgent: group.urgent + row.urgent,
    firstDueAt: earliest(group.firstDueAt, row.first_due_at),
    openedAt: earliest(group.openedAt, row.opened_at),
    priceMicros: group.priceMicros + row.price_micros,
    actions: group.actions.filter((action) => actions.includes(action)),
  };
}

function earliest(...times: (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
