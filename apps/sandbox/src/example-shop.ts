import {
  AGENTS,
  deliverableUrl,
  type ExampleOrder,
  type ExampleService,
  exampleShop,
  marketStatusOf,
  revisionsOf,
  SERVICES,
} from '@fulfillment/example-shop/model';
import type { Market } from './market/market.ts';
import { newOrder, newPayment } from './market/new-order.ts';
import type { DeliverableRow, Order } from './market/types.ts';

const REVIEW_MS = 48 * 3_600_000;

/**
 * Fills the marketplace with the agents, services and orders of the example shop, as the product's
 * records of the same shop describe them.
 */
export function seedExampleShop(market: Market, count: number, now: number): void {
  const { directory, orders } = market;
  for (const agent of AGENTS) directory.addAgent({ ...agent, createdAt: now });
  for (const service of SERVICES) directory.addService({ ...marketService(service), createdAt: now });
  for (const order of exampleShop(count, now)) orders.set(order.id, marketOrder(market, order));
}

function marketService({ id, agentId, title, category, priceType, priceUsd, ...rest }: ExampleService) {
  const { turnaroundHours, maxRevisions } = rest;
  const price = priceType === 'quote' ? null : priceUsd.toFixed(2);
  return { id, agentId, title, category, priceType, priceUsd: price, turnaroundHours, maxRevisions };
}

function marketOrder({ directory }: Market, order: ExampleOrder): Order {
  const { id, plot, service, brief, buyer, times, priceUsd } = order;
  const purchase = {
    agentId: service.agentId,
    service: directory.service(service.id),
    kind: 'service',
    brief,
  } as const;
  const placed = newOrder({ ...purchase, client: { name: buyer } }, times.createdAt);
  const status = marketStatusOf(plot);
  const deliverables = rowsOf(order);
  const deliveredAt = times.redeliveredAt ?? times.deliveredAt;
  return {
    ...placed,
    id,
    priceUsd,
    status,
    payment: times.paidAt === null ? null : newPayment(placed.client, false),
    revisionCount: revisionsOf(order),
    deliveredAt,
    reviewDeadline: status === 'delivered' && deliveredAt !== null ? deliveredAt + REVIEW_MS : null,
    completedAt: times.completedAt,
    payoutTxHash: times.paidOutAt === null ? null : order.txHash,
    payoutFails: plot === 'payout_failed',
    deliverables,
    primary: deliverables.at(-1) ?? null,
    states: [
      ...placed.states,
      { status, at: times.completedAt ?? deliveredAt ?? times.createdAt, by: 'buyer' },
    ],
  };
}

function rowsOf(order: ExampleOrder): DeliverableRow[] {
  const { times, service, id } = order;
  return [times.deliveredAt, times.redeliveredAt].flatMap((createdAt, round) =>
    createdAt === null
      ? []
      : [
          {
            id: `dlv_${id}_${round}`,
            url: deliverableUrl(order, round),
            mediaType: service.mediaType,
            previewUrl: null,
            status: 'completed',
            createdAt,
          } as const,
        ],
  );
}
