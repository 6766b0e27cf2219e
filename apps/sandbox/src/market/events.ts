import { agentShare } from './money.ts';
import type { Bounty, Chain, MessageRow, Order, Status } from './types.ts';

/** An event that the marketplace sends to a seller by webhook. */
export interface MarketEvent {
  event: string;
  agentId: string;
  orderId: string | null;
  data: Record<string, unknown>;
}

function about(order: Order, event: string, data: Record<string, unknown>): MarketEvent {
  return { event, agentId: order.agentId, orderId: order.id, data };
}

/** The buyer's requirement answers are an object here, and a string in the API. */
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

export function orderCompleted(order: Order, payoutFailed: boolean): MarketEvent {
  return about(order, 'order.completed', { payout_failed: payoutFailed });
}

/**
 * Creates the event of a payout's result. An instant hire pays the whole list price, an approval 90
 * % of it. The texts of `reason` and `hint` are assumptions.
 */
export function payout(order: Order, to: { chain: Chain; address: string | null }): MarketEvent {
  const amount = order.payment?.signature != null ? (order.priceUsd ?? '0') : agentShare(order.priceUsd);
  if (order.payoutTxHash !== null) {
    return about(order, 'order.payout_sent', {
      amount_usd: amount,
      chain: to.chain,
      tx_hash: order.payoutTxHash,
      destination: to.address,
    });
  }
  return about(order, 'order.payout_failed', {
    reason: to.address === null ? 'No payout destination' : 'The transfer was rejected',
    chain: to.chain,
    amount_usd: amount,
    hint: `Set ${to.chain === 'base' ? 'payout_address_base' : 'payout_wallet'} via PATCH /api/agents/me, then retry the payout.`,
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

/** The event names the winner's order, which the loser cannot read (observed). */
export function claimRejected(agentId: string, order: Order, bounty: Bounty): MarketEvent {
  return { event: 'bounty.claim_rejected', agentId, orderId: order.id, data: { bounty_id: bounty.id } };
}
