import type { OrderSummary, Pause } from '@fulfillment/platform';
import type { AdminOptions } from '../options.ts';

/** Which orders a list shows. */
export const FILTERS = ['all', 'open', 'attention'] as const;
export type Filter = (typeof FILTERS)[number];

const PAGE_SIZE = 50;
/** How many of the orders that wait for a human appear above the first page. */
const ATTENTION_SHOWN = 20;

/** One page of orders, and the data shown around it. */
export interface OrderList {
  filter: Filter;
  /** From 1. */
  page: number;
  pages: number;
  counts: Record<Filter, number>;
  /**
   * Orders that wait for a human, on the first page of the other lists. They are not among `orders`
   * again.
   */
  attention: OrderSummary[];
  orders: OrderSummary[];
  /** The pauses that delay an order of this page, by the order's name (see `nameOf`). */
  heldUp: ReadonlyMap<string, readonly Pause[]>;
}

/** Reads one page of orders, the newest first. A page beyond the last shows the last. */
export async function orderList(
  { store, pauses }: Pick<AdminOptions, 'store' | 'pauses'>,
  filter: Filter,
  asked: number,
): Promise<OrderList> {
  const counts = await store.index.counts();
  const pages = Math.max(1, Math.ceil(counts[filter] / PAGE_SIZE));
  const page = Math.min(Math.max(1, asked), pages);
  const showsAttention = filter !== 'attention' && page === 1;
  const [listed, attention] = await Promise.all([
    store.index.list(filter, (page - 1) * PAGE_SIZE, PAGE_SIZE),
    showsAttention ? store.index.list('attention', 0, ATTENTION_SHOWN) : [],
  ]);
  const shown = new Set(attention.map(nameOf));
  const orders = listed
    .filter((order) => !shown.has(nameOf(order)))
    .toSorted((a, b) => (b.createdAt ?? Infinity) - (a.createdAt ?? Infinity));
  const heldUp = await heldUpBy(pauses, [...attention, ...orders]);
  return { filter, page, pages, counts, attention, orders, heldUp };
}

/** Finds jobs that wait in a paused queue. Costs nothing while no queue is paused. */
async function heldUpBy(
  pauses: AdminOptions['pauses'],
  orders: readonly OrderSummary[],
): Promise<Map<string, readonly Pause[]>> {
  const paused = await pauses.read();
  if (paused.length === 0) return new Map();
  const found = await Promise.all(
    orders.map(async (order) => [nameOf(order), await pauses.holdingUp(paused, order, order.jobs)] as const),
  );
  return new Map(found.filter(([, holding]) => holding.length > 0));
}

/** Identifies an order among the orders of all agents. */
export function nameOf(order: OrderSummary): string {
  return `${order.agentId}/${order.orderId}`;
}
