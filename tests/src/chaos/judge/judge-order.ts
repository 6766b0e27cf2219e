import type { SandboxOrder } from '../../harness/sandbox.ts';
import type { Evidence, OrderEvidence } from './evidence.ts';

/**
 * The time at which Redis last lost everything, in ms since the epoch. Before all times if it never
 * did.
 */
export function lastEmptied({ emptiedAt }: Evidence): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...emptiedAt);
}

/**
 * The number of deliveries of this order that the payment of an instant hire overwrote. The same
 * delivery is then outstanding again.
 */
export function timesOverwritten({ states }: Pick<SandboxOrder, 'states'>): number {
  return states.filter(({ status }, index) => status === 'paid' && states[index - 1]?.status === 'delivered')
    .length;
}

/** One promise, and the orders or places that broke it. */
export interface Verdict {
  promise: string;
  broken: string[];
}

/** Whether an order has come to rest: our side has nothing left to do. */
export function isAtRest({ order }: Pick<SandboxOrder, 'order'>): boolean {
  return ['delivered', 'completed', 'cancelled', 'disputed', 'quoted'].includes(order.status);
}

/** Judges a promise order by order. @param broken describes the violation, in words. */
export function eachOrder(
  { orders }: Evidence,
  promise: string,
  broken: (order: OrderEvidence) => string[],
): Verdict {
  return {
    promise,
    broken: orders.flatMap((order) => broken(order).map((problem) => `${order.id}: ${problem}`)),
  };
}
