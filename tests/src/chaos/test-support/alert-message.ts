import type { AlertMessage } from '@fulfillment/handlers';

/** A message about the disputed order. */
export function alertMessage(state: AlertMessage['state'], id: string = state): AlertMessage {
  return {
    id,
    alert: 'order_disputed:Dispute',
    kind: 'order_disputed',
    severity: 'critical',
    state,
    title: 'Dispute',
    advice: 'Read the dispute.',
    count: 1,
    amountUsd: null,
    dueAt: null,
    openedAt: '2026-11-26T12:00:00.000Z',
    link: null,
    runbookLink: null,
    acknowledgeLink: null,
  };
}
