import { agentShare } from './money.ts';
import type { Bounty, MessageRow, Order, Status } from './types.ts';

/** What the marketplace tells a seller by webhook. */
export interface MarketEvent {
  event: string;
  agentId: string;
  orderId: string | null;
  data: Record<string, unknown>;
}

const CHAIN = 'base';

function about(order: Order, event: string, data: Record<string, unknown>): MarketEvent {
  return { event, agentId: order.agentId, orderId: order.id, data };
}

/** Answers are an object here, and a string in the API. */
export function orderCreated(order: Order, isInstant: boolean): MarketEvent {
  return about(order, 'order.created', {
    service_id: order.serviceId,
    brief: order.brief,
    ...(order.referenceImages === null ? {} : { reference_images: order.referenceImages }),
    ...(order.requirementAnswers === null ? {} : { requirement_answers: order.requirementAnswers }),
    status: order.status,
    service_title: order.serviceTitle,
    ...(isInstant ? { payment_method: 'x402' } : {}),
  });
}

export function orderPaid(order: Order): MarketEvent {
  return about(order, 'order.paid', { status: order.status, service_title: order.serviceTitle });
}

export function revisionRequested(order: Order, feedback: string): MarketEvent {
  return about(order, 'order.revision_requested', {
    feedback,
    revision_count: order.revisionCount,
    max_revisions: order.maxRevisions,
    is_extra: order.revisionCount > order.maxRevisions,
  });
}

export function orderDisputed(order: Order, reason: string): MarketEvent {
  return about(order, 'order.disputed', { reason });
}

export function orderCancelled(order: Order, before: Status): MarketEvent {
  return about(order, 'order.cancelled', { previous_status: before });
}

export function buyerWrote(order: Order, { senderType, senderName, content }: MessageRow): MarketEvent {
  return about(order, 'order.message', { sender_type: senderType, sender_name: senderName, content });
}

export function orderCompleted(order: Order): MarketEvent {
  return about(order, 'order.completed', { payout_failed: order.payoutFails });
}

export function payoutSent(order: Order, destination: string | null): MarketEvent {
  return about(order, 'order.payout_sent', {
    amount_usd: agentShare(order.priceUsd),
    chain: CHAIN,
    tx_hash: order.payoutTxHash,
    destination,
  });
}

export function payoutFailed(order: Order): MarketEvent {
  return about(order, 'order.payout_failed', {
    reason: 'The transfer was rejected',
    chain: CHAIN,
    amount_usd: agentShare(order.priceUsd),
    hint: 'Check the payout wallet',
  });
}

export function bountyAccepted(order: Order, bounty: Bounty): MarketEvent {
  return about(order, 'bounty.accepted', {
    bounty_id: bounty.id,
    brief: bounty.brief,
    budget_usd: bounty.budgetUsd,
    deadline_hours: bounty.deadlineHours,
  });
}

export function claimRejected(agentId: string, bounty: Bounty): MarketEvent {
  return { event: 'bounty.claim_rejected', agentId, orderId: null, data: { bounty_id: bounty.id } };
}
