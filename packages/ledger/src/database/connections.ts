import type { Dialect } from './dialect.ts';
import type { LedgerDatabase } from './schema.ts';

/** The open connections to the ledger's database. */
export interface LedgerConnections {
  dialect: Dialect;
  /** For the projector alone. */
  writer: LedgerDatabase;
  /** For queries. */
  reader: LedgerDatabase;
  /** Updates the statistics with which the database chooses indexes. */
  refreshStatistics(): Promise<void>;
}
