import type { LedgerConnections } from './database/connections.ts';
import { migrate } from './database/migrate.ts';
import { openDatabase } from './database/open-database.ts';
import { AttentionQueries } from './queries/attention.ts';
import { Exports } from './queries/exports.ts';
import { MoneyQueries } from './queries/money/money.ts';
import { OperatorActionQueries } from './queries/operator-actions.ts';
import { OrderQueries } from './queries/orders.ts';
import { type SuggestedField, suggestValues } from './queries/suggestions.ts';
import { WorkQueries } from './queries/work.ts';

/**
 * The ledger: what people search, count and add up. It is a projection of the records and keeps an
 * order after its record is forgotten. No decision of the system reads it.
 */
export class Ledger {
  readonly orders: OrderQueries;
  readonly attention: AttentionQueries;
  readonly money: MoneyQueries;
  readonly actions: OperatorActionQueries;
  readonly work: WorkQueries;
  readonly exports: Exports;
  readonly connections: LedgerConnections;

  constructor(connections: LedgerConnections) {
    this.connections = connections;
    this.orders = new OrderQueries(connections);
    this.attention = new AttentionQueries(connections);
    this.money = new MoneyQueries(connections);
    this.actions = new OperatorActionQueries(connections);
    this.work = new WorkQueries(connections);
    this.exports = new Exports(connections, this.orders);
  }

  /** The most frequent values of a field, for a search box. */
  suggest(field: SuggestedField): Promise<string[]> {
    return suggestValues(this.connections, field);
  }

  /**
   * Brings the tables up to this version of the product.
   * @throws the database's error.
   */
  async migrate(): Promise<void> {
    await migrate(this.connections.writer, this.connections.dialect);
  }

  async close(): Promise<void> {
    const { reader, writer } = this.connections;
    await reader.destroy();
    if (writer !== reader) await writer.destroy();
  }
}

/**
 * Opens a ledger. The database is connected to at the first query, and the tables exist after
 * `migrate`. While the database is away, each query throws.
 * @param url `file:<path>` for SQLite, or `postgres://…`.
 * @throws ConfigurationError for another URL.
 */
export async function openLedger(url: string): Promise<Ledger> {
  return new Ledger(await openDatabase(url));
}
