import { type AlertKind, isOrderKind } from '@fulfillment/shared';
import type { Evidence } from './evidence.ts';
import type { Verdict } from './judge-order.ts';

/** Judges alerts about orders. Alerts about the system come and go with the killed processes. */
export function alertPromises(evidence: Evidence): Verdict[] {
  return [
    {
      promise: 'an alert is open for each attention, and for nothing else',
      broken: openAlerts(evidence.alerts),
    },
    { promise: 'no alert begins or ends twice', broken: repeated(evidence) },
  ];
}

type Messages = Evidence['alerts']['messages'];

function ofOrders(messages: Messages): Messages {
  return messages.filter(({ kind }) => isOrderKind(kind as AlertKind));
}

/** The differences between the open alerts and the alerts that must be open, in words. */
export function openAlerts({ messages, expected }: Evidence['alerts']): string[] {
  const last = new Map(ofOrders(messages).map(({ alert, state }) => [alert, state]));
  const open = [...last].filter(([, state]) => state !== 'resolved').map(([alert]) => alert);
  return [
    ...expected.filter((alert) => !open.includes(alert)).map((alert) => `no message says: ${alert}`),
    ...open.filter((alert) => !expected.includes(alert)).map((alert) => `still open, and over: ${alert}`),
  ];
}

/** A message may arrive twice with the same id, if its sender died. That is the same message. */
function repeated({ alerts: { messages } }: Evidence): string[] {
  const edges = ofOrders(messages).filter(({ state }) => state === 'opened' || state === 'resolved');
  const distinct = new Map(edges.map((message) => [message.id, message]));
  const byEdge = Map.groupBy(
    distinct.values(),
    ({ alert, openedAt, state }) => `${alert} of ${openedAt} ${state}`,
  );
  return [...byEdge].flatMap(([edge, found]) =>
    found.length > 1 ? [`${edge}: ${found.length} messages`] : [],
  );
}
