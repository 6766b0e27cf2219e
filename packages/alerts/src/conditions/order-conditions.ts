import type { OrderSummary, Tries } from '@fulfillment/platform';
import { ALERT_KINDS, type AlertKind } from '@fulfillment/shared';
import type { Condition } from './condition.ts';

type OrderAttention = OrderSummary['attention'][number];

/** An order that is due this soon and waits for a human is urgent. In ms. */
const DUE_SOON_MS = 3_600_000;
/** So many failed orders of one handler are the handler's failure. */
const HANDLER_FAILURES = 5;
/** A handler fails too often if so many tries ended, and so large a part of them failed. */
const LEAST_TRIES = 5;
const FAILURE_RATE = 0.5;

const KIND_OF: Record<OrderAttention['kind'], AlertKind> = {
  failed: 'order_failed',
  declined: 'order_declined',
  held_round: 'order_held',
  review: 'review_waiting',
  dispute: 'order_disputed',
  payout: 'payout_problem',
  access: 'order_unreadable',
  delay: 'order_late',
  status: 'order_contradicted',
  unread: 'buyer_waits',
  unclassified: 'order_other',
};

/**
 * The conditions of the orders in attention: one for each attention, and one more for an order that
 * is due soon or late. The failed orders of a failing handler are also conditions of the handler.
 * A handler whose orders are still retried is a condition, too, if many of its tries fail.
 * @param now in ms since the epoch.
 * @param tries the recent tries, by the name of the handler.
 */
export function orderConditions(
  waiting: readonly OrderSummary[],
  now: number,
  tries: ReadonlyMap<string, Tries>,
): Condition[] {
  const each = waiting.flatMap((order) => [
    ...order.attention.map((attention) => ofAttention(order, attention)),
    ...due(order, now),
  ]);
  const byOrders = failingHandlers(each);
  const known = new Set(byOrders.map(({ handler }) => handler));
  const byTries = [...tries].filter(([handler, of]) => !known.has(handler) && failsOften(of));
  return [...each, ...byOrders, ...byTries.map(([handler]) => failingByTries(handler))];
}

function ofAttention(order: OrderSummary, attention: OrderAttention): Condition {
  const kind = attention.cause === 'held_up' ? 'order_held_up' : KIND_OF[attention.kind];
  const { key, title } = attention;
  // A title names the handler of the failure, and never the buyer.
  return { ...ofOrder(order, kind), key: `${nameOf(order)}/${key}`, alert: `${kind}:${title}`, title };
}

/** An order that waits for an operator, and is due soon or late. */
function due(order: OrderSummary, now: number): Condition[] {
  const { dueAt, attention } = order;
  if (attention.length === 0 || dueAt === null || dueAt > now + DUE_SOON_MS) return [];
  if (dueAt > now) return [{ ...ofOrder(order, 'order_due_soon'), key: `${nameOf(order)}/due_soon` }];
  if (attention.some(({ kind }) => KIND_OF[kind] === 'order_late')) return [];
  return [{ ...ofOrder(order, 'order_late'), key: `${nameOf(order)}/late` }];
}

/** The failed orders of a handler that fails often, as conditions of the handler. */
function failingHandlers(conditions: readonly Condition[]): Condition[] {
  const failed = conditions.filter(({ kind, handler }) => kind === 'order_failed' && handler !== null);
  const byHandler = Map.groupBy(failed, ({ handler }) => handler);
  return [...byHandler].flatMap(([handler, orders]): Condition[] => {
    if (handler === null || orders.length < HANDLER_FAILURES) return [];
    const of = failingHandler(handler);
    return orders.map((order) => ({ ...order, ...of, key: `${of.kind}/${order.key}` }));
  });
}

function failsOften({ done, failed }: Tries): boolean {
  return done + failed >= LEAST_TRIES && failed >= FAILURE_RATE * (done + failed);
}

function failingByTries(handler: string): Condition {
  const none = { agentId: null, amountUsd: null, dueAt: null };
  const of = failingHandler(handler);
  return { ...none, ...of, key: of.alert, handler, path: '/services' };
}

function failingHandler(handler: string): Pick<Condition, 'kind' | 'alert' | 'title'> {
  const kind = 'handler_failing';
  return { kind, alert: `${kind}:${handler}`, title: `Handler "${handler}" keeps failing` };
}

function ofOrder(order: OrderSummary, kind: AlertKind): Omit<Condition, 'key'> {
  const { agentId, handler, priceUsd, dueAt } = order;
  const common = { agentId, handler, amountUsd: priceUsd, dueAt, path: `/orders/${nameOf(order)}` };
  return { ...common, kind, alert: kind, title: ALERT_KINDS[kind].title };
}

function nameOf({ agentId, orderId }: OrderSummary): string {
  return `${encodeURIComponent(agentId)}/${encodeURIComponent(orderId)}`;
}
