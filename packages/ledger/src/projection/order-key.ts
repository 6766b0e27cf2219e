import type { OrderRef } from '@fulfillment/shared';

/** Identifies an order in the ledger: `<agent id>/<order id>`. Ids have no `/`. */
export function orderKey({ agentId, orderId }: OrderRef): string {
  return `${agentId}/${orderId}`;
}

/** The order that a key identifies. */
export function refOfKey(key: string): OrderRef {
  const [agentId = '', orderId = ''] = key.split('/');
  return { agentId, orderId };
}
