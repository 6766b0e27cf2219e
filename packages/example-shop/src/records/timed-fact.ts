import type { Fact } from '@fulfillment/shared';

/** A fact, and when it happened, in ms since the epoch. */
export interface TimedFact {
  at: number;
  fact: Fact;
}
