import type { Freeze } from '../fleet/supervisor.ts';
import type { Forgery } from './forgeries.ts';

/** The part of the strikes that only the disturber knows. */
export interface Strikes {
  freezes: Freeze[];
  forgeries: Forgery[];
  /** Real webhooks that were sent again and accepted. */
  replays: number;
  /** Claims rejected with the winner's order, by an event that the ingestor accepted. */
  rejectedClaims: number;
  /** The number of times that the ledger could not be written. */
  ledgerTroubles: number;
  /** Lists that the product read while the marketplace had pages. */
  pagedLists: number;
  /** How often an operator paused the work for a moment. */
  pauses: number;
  /** Generations that an operator stopped, and had generated again. */
  stops: number;
  /** Completed restarts of every worker of an app, one after the other. */
  rollingRestarts: number;
}
