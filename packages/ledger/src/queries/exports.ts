import type { LedgerConnections } from '../database/connections.ts';
import { ORDER_COLUMNS } from '../export/order-columns.ts';
import { type ExportedPayout, PAYOUT_COLUMNS } from '../export/payout-columns.ts';
import { type ExportFormat, writeExport } from '../export/write-export.ts';
import type { Filter } from '../search/filter.ts';
import type { MoneyRange } from './money/money.ts';
import type { OrderQueries } from './orders.ts';
import type { Sort } from './sort.ts';

/** How many payouts one query reads. */
const PART = 500;

/** Writes files for spreadsheets and programs, in parts. */
export class Exports {
  readonly #connections: LedgerConnections;
  readonly #orders: OrderQueries;

  constructor(connections: LedgerConnections, orders: OrderQueries) {
    this.#connections = connections;
    this.#orders = orders;
  }

  /** The orders that match a filter, in the order of the list. */
  orders(
    format: ExportFormat,
    { filter, sort, now }: { filter: Filter; sort: Sort; now: number },
  ): AsyncGenerator<string> {
    return writeExport(this.#orders.stream(filter, sort, now), ORDER_COLUMNS, format);
  }

  /** The payouts of a time, the oldest first, failed ones included. */
  payouts(format: ExportFormat, range: Pick<MoneyRange, 'from' | 'to'>): AsyncGenerator<string> {
    return writeExport(this.#payouts(range), PAYOUT_COLUMNS, format);
  }

  async *#payouts({ from, to }: Pick<MoneyRange, 'from' | 'to'>): AsyncGenerator<ExportedPayout> {
    let after = { at: from, order_key: '' };
    for (;;) {
      const { at, order_key: key } = after;
      const part = await this.#connections.reader
        .selectFrom('payouts')
        .innerJoin('orders', 'orders.key', 'payouts.order_key')
        .selectAll('payouts')
        .select(['service', 'buyer', 'price_micros', 'fee_micros'])
        .where('at', '<', to)
        .where((eb) =>
          eb.or([eb('at', '>', at), eb.and([eb('at', '=', at), eb('payouts.order_key', '>', key)])]),
        )
        .orderBy('at')
        .orderBy('payouts.order_key')
        .limit(PART)
        .execute();
      yield* part;
      const last = part.at(-1);
      if (last === undefined || part.length < PART) return;
      after = last;
    }
  }
}
