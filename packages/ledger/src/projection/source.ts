import type { SettledRecord } from '@fulfillment/platform';

/** What the projection reads of an order: its record, and the summary of its last decision. */
export type ProjectionSource = SettledRecord;
