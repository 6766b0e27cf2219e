import { type AlertKind, isOrderKind } from '@fulfillment/shared';
import type { Evidence } from './evidence.ts';
import { lastEmptied, type Verdict } from './judge-order.ts';

/** Judges alerts about orders. Alerts about the system come and go with the killed processes. */
export function alertPromises(evidence: Evidence): Verdict[] {
  return [
    {
      promise: 'an alert is open for each attention, and for nothing else',
      broken: openAlerts(evidence.alerts, lastEmptied(evidence)),
    },
    { promise: 'no alert begins or ends twice', broken: repeated(evidence) },
  ];
}

type Messages = Evidence['alerts']['messages'];

function ofOrders(messages: Messages): Messages {
  return messages.filter(({ kind }) => isOrderKind(kind as AlertKind));
}

/**
 * The differences between the open alerts and the alerts that must be open, in words. Redis holds
 * the open alerts, so an alert that began before Redis lost everything may have no end.
 */
export function openAlerts({ messages, expected }: Evidence['alerts'], emptiedAt: number): string[] {
  const last = new Map(ofOrders(messages).map((message) => [message.alert, message]));
  const open = [...last.values()].filter(({ state }) => state !== 'resolved');
  const over = open.filter(
    ({ alert, openedAt }) => !expected.includes(alert) && Date.parse(openedAt) > emptiedAt,
  );
  return [
    ...expected
      .filter((alert) => open.every((message) => message.alert !== alert))
      .map((alert) => `no message says: ${alert}`),
    ...over.map(({ alert, openedAt }) => `still open, and over: ${alert}, since ${openedAt}`),
  ];
}

/**
 * A message may arrive twice with the same id, if its answer was an error or its sender died. It is
 * one message.
 */
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
