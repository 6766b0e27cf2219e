import type { ExampleService } from './catalog.ts';
import type { Plot } from './plots.ts';

/** The times of an order in ms since the epoch. Null: it did not come to that. */
export interface ExampleTimes {
  createdAt: number;
  quotedAt: number | null;
  paidAt: number | null;
  /** When the handler began the first time. */
  beganAt: number | null;
  deliveredAt: number | null;
  /** The buyer's request for a revision, or the dispute. */
  answeredAt: number | null;
  redeliveredAt: number | null;
  completedAt: number | null;
  paidOutAt: number | null;
  cancelledAt: number | null;
}

/** An order of the example shop: its purchase, and the course that it took. */
export interface ExampleOrder {
  id: string;
  plot: Plot;
  service: ExampleService;
  buyer: string;
  brief: string;
  /** With two decimals. Null: not quoted yet. */
  priceUsd: string | null;
  feeUsd: string | null;
  netUsd: string | null;
  /** What one generation cost, in USD. Null: the handler did not report it. */
  costUsd: number | null;
  times: ExampleTimes;
  /** The transaction of the payout. */
  txHash: string;
  rating: number | null;
}
