import { deliverableUrl, type ExampleOrder, marketStatusOf, revisionsOf } from '../model/index.ts';

const HOUR = 3_600_000;
const REVIEW_HOURS = 48;

/** The order as the marketplace returns it. */
export function rawOrder(order: ExampleOrder): Record<string, unknown> {
  const { id, plot, service, buyer, times } = order;
  const status = marketStatusOf(plot);
  const deliveredAt = times.redeliveredAt ?? times.deliveredAt;
  const isAgent = /^[a-z-]+(-\d)?$/.test(buyer);
  return {
    id,
    provider_agent_id: service.agentId,
    status,
    service_id: service.id,
    service_title: service.title,
    client_name: buyer,
    client_type: isAgent ? 'agent' : 'user',
    brief: order.brief,
    quoted_price_usd: order.priceUsd,
    platform_fee_usd: order.feeUsd,
    revision_count: revisionsOf(order),
    max_revisions: service.maxRevisions,
    created_at: isoTime(times.createdAt),
    delivered_at: isoTime(deliveredAt),
    review_deadline: status === 'delivered' ? isoTime((deliveredAt ?? 0) + REVIEW_HOURS * HOUR) : null,
    completed_at: isoTime(times.completedAt),
    payout_tx_hash: times.paidOutAt === null ? null : order.txHash,
    deliverable_url: deliveredAt === null ? null : deliverableUrl(order, 0),
  };
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
