import type { OrderSummary } from '../../record-store/order-summary.ts';
import type { Metrics, SharedGauge } from '../metrics.ts';
import type { FleetState } from './fleet-state.ts';

const PAGE = 500;
/** The most open orders that a scrape counts. A scrape must not read a whole backlog. */
const MOST_COUNTED = 10_000;
/** A count of all open orders may be reused for so long, in ms. */
const COUNTED_MS = 15_000;

/** The number of orders, and the state of the open ones, by agent and handler. */
export function exportOrders(metrics: Metrics, { store, registry }: FleetState): void {
  const scope = 'fleet' as const;
  metrics.sharedGauge({
    name: 'fulfillment_orders',
    help: 'Orders: all, unfinished, waiting for a human, waiting for a review that is due soon',
    labels: ['which'],
    scope,
    collect: async (set) => {
      for (const [which, count] of Object.entries(await store.index.counts())) set({ which }, count);
      set({ which: 'review_due' }, await store.index.urgentCount());
    },
  });

  const openOrders = reused(() => readOpen(store));
  const counted = (gauge: Pick<SharedGauge, 'name' | 'help'>, labelOf: LabelsOf) =>
    metrics.sharedGauge({
      ...gauge,
      labels: ['agent', 'handler', ...labelOf.names],
      scope,
      collect: async (set) => {
        const [names, orders, now] = await Promise.all([registry.names(), openOrders(), store.now()]);
        const counts = new Map<string, { labels: Record<string, string>; count: number }>();
        for (const order of orders) {
          const own = labelOf.read(order, now);
          if (own === null) continue;
          const agent = names.get(order.agentId) ?? order.agentId;
          const labels = { agent, handler: order.handler ?? '', ...own };
          const key = JSON.stringify(labels);
          counts.set(key, { labels, count: (counts.get(key)?.count ?? 0) + 1 });
        }
        for (const { labels, count } of counts.values()) set(labels, count);
      },
    });
  counted(
    { name: 'fulfillment_open_orders', help: 'Unfinished orders by stage' },
    { names: ['stage'], read: ({ stage }) => ({ stage }) },
  );
  counted(
    { name: 'fulfillment_late_orders', help: 'Orders whose delivery is owed and past its due time' },
    { names: [], read: ({ dueAt }, now) => (dueAt !== null && dueAt < now ? {} : null) },
  );
  counted(
    {
      name: 'fulfillment_unread_orders',
      help: "Unfinished orders with a buyer's message that nobody answered",
    },
    { names: [], read: ({ unread }) => (unread > 0 ? {} : null) },
  );
}

interface LabelsOf {
  names: string[];
  /** Null: the order does not count. */
  read: (order: OrderSummary, now: number) => Record<string, string> | null;
}

async function readOpen(store: FleetState['store']): Promise<OrderSummary[]> {
  const orders: OrderSummary[] = [];
  for (let offset = 0; offset < MOST_COUNTED; offset += PAGE) {
    const page = await store.index.list('open', offset, PAGE);
    orders.push(...page);
    if (page.length < PAGE) break;
  }
  return orders;
}

/**
 * Keeps the result of a read for a while: several numbers come from it, and another scrape may
 * follow soon.
 */
function reused<T>(read: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | null = null;
  return () => {
    const now = performance.now();
    if (last === null || now - last.at > COUNTED_MS) {
      const value = read();
      last = { at: now, value };
      value.catch(() => {
        last = null;
      });
    }
    return last.value;
  };
}
