import type { OrderSummary } from '@fulfillment/platform';
import type { OrderRecord } from '@fulfillment/shared';

/** What the projection reads of an order: its record, and the summary of its last decision. */
export interface ProjectionSource {
  record: OrderRecord;
  summary: OrderSummary;
}
