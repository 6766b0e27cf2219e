import type { SandboxOrder } from '../../harness/sandbox.ts';
import type { Evidence, OrderEvidence } from './evidence.ts';

/** When Redis last lost everything, in ms since the epoch; never: before all times. */
export function lastEmptied({ emptiedAt }: Evidence): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...emptiedAt);
}

/** How often the payment of an instant hire overwrote a delivery of this order: the order is owed the same delivery again. */
export function timesOverwritten({ states }: Pick<SandboxOrder, 'states'>): number {
  return states.filter(({ status }, index) => status === 'paid' && states[index - 1]?.status === 'delivered')
    .length;
}

/** One promise, and the orders or places that broke it. */
export interface Verdict {
  promise: string;
  broken: string[];
}

/** Whether an order has come to rest: nothing more is owed by us. */
export function isAtRest({ order }: Pick<SandboxOrder, 'order'>): boolean {
  return ['delivered', 'completed', 'cancelled', 'disputed', 'quoted'].includes(order.status);
}

/** A promise that is looked at order by order. @param broken what breaks it, in words. */
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
