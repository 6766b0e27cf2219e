import { buyerLabel, disputeReason, factOf, type OrderSnapshot } from '@fulfillment/shared';
import type { CostRow, OrderRow, PayoutRow } from '../../database/schema.ts';
import type { ProjectionSource } from '../source.ts';
import { excerptOf, nameOrNull, redactedOrNull, storable, storableOrNull } from '../text.ts';
import { moneyOf } from './money.ts';
import { runsOf } from './runs.ts';
import { timesOf } from './times.ts';

/** The stages in which nothing more happens, except that a payout may still be awaited. */
const CLOSED_STAGES = ['completed', 'cancelled', 'not_ours'];

/** The row of an order for lists, filters and sums. */
export function projectOrderRow(
  key: string,
  { record, summary }: ProjectionSource,
  money: { costs: readonly CostRow[]; payouts: readonly PayoutRow[] },
): OrderRow {
  const { snapshot } = record;
  const times = timesOf(record);
  const runs = runsOf(record);
  const review = factOf(record, 'buyer_review');
  return {
    key,
    agent_id: record.agentId,
    order_id: record.orderId,
    service_id: nameOrNull(snapshot?.serviceId),
    service: nameOrNull(summary.service),
    category: nameOrNull(record.service?.category ?? snapshot?.serviceCategory),
    buyer: nameOrNull(snapshot && buyerLabel(snapshot)),
    buyer_id: nameOrNull(snapshot && buyerId(snapshot)),
    bounty_id: storableOrNull(snapshot?.bountyId),
    handler: nameOrNull(summary.handler),
    excerpt: excerptOf(snapshot?.briefEnglish ?? snapshot?.brief ?? ''),
    status: storable(summary.status),
    stage: summary.stage,
    round: summary.round,
    is_open: CLOSED_STAGES.includes(summary.stage) ? 0 : 1,
    ...moneyOf(record, times, money),
    created_at: times.created,
    quoted_at: times.quoted,
    paid_at: times.paid,
    generated_at: times.generated,
    delivered_at: times.delivered,
    revised_at: times.revised,
    disputed_at: times.disputed,
    completed_at: times.completed,
    cancelled_at: times.cancelled,
    updated_at: times.updated,
    due_at: summary.dueAt,
    review_deadline_at: snapshot?.reviewDeadline ?? null,
    attention_count: summary.attention.length,
    is_urgent: summary.attention.some((item) => 'isUrgent' in item && item.isUrgent) ? 1 : 0,
    unread_count: summary.unread,
    tries: runs.tries,
    run_ms: runs.runMs,
    revisions: snapshot?.revisionCount ?? 0,
    max_revisions: snapshot?.maxRevisions ?? null,
    dispute_reason: redactedOrNull(disputeReason(record)),
    rating: review?.rating ?? null,
    review_comment: redactedOrNull(review?.comment),
  };
}

/** What identifies a buyer across orders, whatever name the buyer shows. */
function buyerId(order: OrderSnapshot): string | null {
  return order.clientWallet ?? order.clientAgentId ?? order.clientUsername ?? order.clientName;
}
