import type { Freeze } from '../fleet/supervisor.ts';
import type { Forgery } from './forgeries.ts';

/** What only the disturber knows of what struck. */
export interface Strikes {
  freezes: Freeze[];
  forgeries: Forgery[];
  /** Real webhooks sent once more, and taken. */
  replays: number;
  /** Claims that were rejected with the winner's order, by an event that was taken. */
  rejectedClaims: number;
  /** Lists that were read while the marketplace had pages. */
  pagedLists: number;
  /** Restarts of every worker of an app, one after the other, that came to an end. */
  rollingRestarts: number;
}
