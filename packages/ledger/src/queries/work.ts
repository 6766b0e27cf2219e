import { sql } from 'kysely';
import type { LedgerConnections } from '../database/connections.ts';

/** What the figures of the work are grouped by. */
export type WorkGroup = 'handler' | 'service' | 'agent';

/** How the work for a group of orders went. */
export interface WorkRow {
  /** The id of the agent or service, or the name of the handler. */
  key: string;
  /** Orders that were paid in the time. */
  orders: number;
  /** Orders with at least one delivery. */
  delivered: number;
  /** Orders that ended without a delivery. */
  lost: number;
  /** Calls of handlers, without those that ended in a wait for a service or in a worker's stop. */
  tries: number;
  revisions: number;
  disputed: number;
  /** The mean of the buyers' ratings. Null: nobody rated. */
  rating: number | null;
  ratings: number;
  /** The run time of the handlers for an order, in ms: the median and the 95th percentile. */
  medianRunMs: number | null;
  p95RunMs: number | null;
}

/** A reason for which orders of a group wait after a failure of their handler. */
export interface FailureRow {
  key: string;
  /** The failure in a few words, as attention shows it. */
  title: string;
  /** What the error said. Untrusted. */
  detail: string;
  orders: number;
}

const COLUMNS = { handler: 'handler', service: 'service_id', agent: 'agent_id' } as const;

/**
 * So many reasons are read for each group. The words of an error may contain an id or a time, and
 * then each order has a reason of its own.
 */
const MOST_REASONS = 3;

/** Adds up how the work for orders went. */
export class WorkQueries {
  readonly #connections: LedgerConnections;

  constructor(connections: LedgerConnections) {
    this.#connections = connections;
  }

  /**
   * The figures of the orders that were paid in a time, by group.
   * @param range `from` and `to` (exclusive) in ms since the epoch.
   */
  async by(group: WorkGroup, { from, to }: { from: number; to: number }): Promise<WorkRow[]> {
    const column = sql.ref(COLUMNS[group]);
    const { rows } = await sql<WorkRow>`
      with work as (
        select ${column} as key, delivered_at, cancelled_at, tries, revisions, disputed_at, rating, run_ms,
          row_number() over (partition by ${column}, run_ms > 0 order by run_ms) as place,
          count(*) over (partition by ${column}, run_ms > 0) as runs
        from orders where paid_at >= ${from} and paid_at < ${to} and ${column} is not null
      )
      select key, count(*) as orders, count(delivered_at) as delivered,
        count(case when delivered_at is null then cancelled_at end) as lost,
        sum(tries) as tries, sum(revisions) as revisions, count(disputed_at) as disputed,
        avg(rating) as rating, count(rating) as ratings,
        min(case when run_ms > 0 and place * 2 >= runs then run_ms end) as "medianRunMs",
        min(case when run_ms > 0 and place * 100 >= runs * 95 then run_ms end) as "p95RunMs"
      from work group by key order by orders desc, key`.execute(this.#connections.reader);
    return rows;
  }

  /**
   * Why orders wait after their handler failed or declined, by group, the most frequent first.
   * Other steps, and stops by an operator, say nothing about the handler.
   * @param range when the order began to wait: `from` and `to` (exclusive) in ms since the epoch.
   */
  async failures(group: WorkGroup, { from, to }: { from: number; to: number }): Promise<FailureRow[]> {
    const column = sql.ref(`orders.${COLUMNS[group]}`);
    const { rows } = await sql<FailureRow>`
      select key, title, detail, orders from (
      select ${column} as key, attention.title as title, attention.detail as detail,
        count(distinct orders.key) as orders,
        row_number() over (partition by ${column}
          order by count(distinct orders.key) desc, attention.title, attention.detail) as place
      from attention join orders on orders.key = attention.order_key
      where attention.cause in ('failed', 'quote_declined', 'brief_declined')
        and (attention.step_key like 'generate:%' or attention.step_key like 'price:%')
        and coalesce(attention.opened_at, orders.updated_at) >= ${from}
        and coalesce(attention.opened_at, orders.updated_at) < ${to}
        and ${column} is not null
      group by ${column}, attention.title, attention.detail
      ) as reasons where place <= ${MOST_REASONS}
      order by orders desc, title, detail`.execute(this.#connections.reader);
    return rows;
  }
}
