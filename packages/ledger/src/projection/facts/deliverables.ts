import { factsOf, type OrderRecord } from '@fulfillment/shared';
import type { DeliverableRow } from '../../database/schema.ts';
import { storable } from '../text.ts';

/** The deliverables of all rounds. */
export function projectDeliverables(key: string, record: OrderRecord): DeliverableRow[] {
  return factsOf(record, 'delivered').flatMap((delivered) =>
    delivered.deliverables.map(({ url, mediaType }, position) => ({
      order_key: key,
      fact_key: `delivered:${delivered.round}:${position}`,
      at: delivered.at,
      round: delivered.round,
      position,
      url: storable(url),
      media_type: mediaType,
    })),
  );
}
