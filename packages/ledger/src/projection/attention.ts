import type { OrderSummary } from '@fulfillment/platform';
import { type Attention, attentionName } from '@fulfillment/shared';
import type { AttentionRow } from '../database/schema.ts';
import { storable, storableOrNull } from './text.ts';

/** What an order waits for a human for. */
export function projectAttention(key: string, { attention }: OrderSummary): AttentionRow[] {
  return attention.map((item) => ({
    order_key: key,
    key: storable(item.key),
    kind: kindOf(item),
    cause: storable(attentionName(item.key)),
    reason: storable(item.reason),
    actions: item.actions.join(','),
    round: item.round ?? null,
    step_key: storableOrNull(item.stepKey),
    is_urgent: item.isUrgent === true ? 1 : 0,
  }));
}

function kindOf({ key }: Attention): string {
  return storable(key.split(':')[0] ?? key);
}
