import type { SelectQueryBuilder } from 'kysely';
import type { LedgerDatabase, LedgerTables } from '../database/schema.ts';

/** Sums of the orders that match. Amounts are in micro-dollars. */
export interface OrderTotals {
  count: number;
  /** Of the orders that have a price. */
  price: number;
  priced: number;
  /** The sum of the reported costs. */
  cost: number;
  /** How many orders have a cost that is completely known. */
  withKnownCost: number;
  /** Of the orders whose margin is known. */
  margin: number;
  withMargin: number;
}

/**
 * Adds up the orders that match.
 * @returns null if more than `limit` orders match.
 */
export async function addUp(
  db: LedgerDatabase,
  matching: SelectQueryBuilder<LedgerTables, 'orders', Record<never, never>>,
  limit: number,
): Promise<OrderTotals | null> {
  const rows = matching
    .select(['price_micros', 'known_cost_micros', 'cost_micros', 'margin_micros'])
    .limit(limit + 1);
  const sums = await db
    .selectFrom(rows.as('matching'))
    .select((eb) => [
      eb.fn.countAll<number>().as('count'),
      eb.fn.count<number>('price_micros').as('priced'),
      eb.fn.sum<number | null>('price_micros').as('price'),
      eb.fn.sum<number | null>('known_cost_micros').as('cost'),
      eb.fn.count<number>('cost_micros').as('withKnownCost'),
      eb.fn.sum<number | null>('margin_micros').as('margin'),
      eb.fn.count<number>('margin_micros').as('withMargin'),
    ])
    .executeTakeFirstOrThrow();
  if (sums.count > limit) return null;
  return { ...sums, price: sums.price ?? 0, cost: sums.cost ?? 0, margin: sums.margin ?? 0 };
}
