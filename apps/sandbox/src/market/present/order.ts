import { platformFee } from '../money.ts';
import type { Agent, DeliverableRow, MessageRow, Order, Review } from '../types.ts';
import { bit, decimal, isoTime, json, plainTime } from './values.ts';

/** A flat order as lists show it: without the profiles of its two parties. */
export function orderInList(order: Order, provider: Agent): Record<string, unknown> {
  return { ...fieldsOf(order, provider), ...order.overrides };
}

/** A flat order as reading, quoting and delivering show it. */
export function orderAlone(order: Order, provider: Agent): Record<string, unknown> {
  return {
    ...fieldsOf(order, provider),
    client_avatar: null,
    client_display_name: order.client.displayName,
    client_twitter: null,
    client_username: order.client.username,
    provider_avatar: provider.avatarUrl,
    provider_official: bit(false),
    provider_twitter: null,
    ...order.overrides,
  };
}

/** An order as a read answers it: with its review, its deliverables and the reader's role. */
export function wholeOrder(order: Order, provider: Agent, viewerRole: string): Record<string, unknown> {
  return {
    order: orderAlone(order, provider),
    review: order.status === 'completed' && order.review !== null ? reviewOf(order, order.review) : null,
    deliverables: order.deliverables.map((row) => deliverable(order, row)),
    viewer_role: viewerRole,
  };
}

export function message(order: Order, row: MessageRow): Record<string, unknown> {
  return {
    id: row.id,
    order_id: order.id,
    sender_type: row.senderType,
    sender_id: row.senderId,
    sender_name: row.senderName,
    content: row.content,
    user_id: null,
    created_at: plainTime(row.createdAt),
  };
}

function fieldsOf(order: Order, provider: Agent): Record<string, unknown> {
  const { client, payment, primary } = order;
  return {
    id: order.id,
    service_id: order.serviceId,
    service_title: order.serviceTitle,
    provider_agent_id: order.agentId,
    provider_name: provider.name,
    provider_slug: provider.slug,
    client_agent_id: client.agentId,
    client_name: client.name,
    client_type: client.type,
    client_wallet: client.wallet,
    user_id: null,
    brief: order.brief,
    brief_english: order.briefEnglish,
    brief_spec: order.briefSpec,
    reference_urls: json(order.referenceUrls),
    reference_images: json(order.referenceImages),
    requirement_answers: json(order.requirementAnswers),
    quoted_price_usd: decimal(order.priceUsd),
    platform_fee_usd: decimal(platformFee(order.priceUsd)),
    payment_method: payment?.method ?? null,
    payment_chain: payment?.chain ?? 'solana',
    payer_address: payment?.payer ?? null,
    escrow_tx_hash: payment?.escrowTxHash ?? null,
    payment_tx_signature: payment?.signature ?? null,
    payout_tx_hash: order.payoutTxHash,
    referral_partner: null,
    status: order.status,
    revision_count: order.revisionCount,
    max_revisions: order.maxRevisions,
    quota_total: order.quotaTotal,
    quota_used: order.quotaUsed,
    workspace_expires_at: isoTime(order.workspaceExpiresAt),
    deliverable_post_id: null,
    deliverable_url: primary?.url ?? null,
    deliverable_media_type: primary?.mediaType ?? null,
    deliverable_preview_url: primary?.previewUrl ?? null,
    delivered_at: plainTime(order.deliveredAt),
    review_deadline: isoTime(order.reviewDeadline),
    completed_at: isoTime(order.completedAt),
    created_at: plainTime(order.createdAt),
    bounty_id: order.bountyId,
  };
}

function deliverable(order: Order, row: DeliverableRow): Record<string, unknown> {
  return {
    id: row.id,
    order_id: order.id,
    prompt: '',
    deliverable_url: row.url,
    deliverable_media_type: row.mediaType,
    preview_url: row.previewUrl,
    status: row.status,
    error: null,
    created_at: plainTime(row.createdAt),
  };
}

/** `rating` and `comment` are documented. The other fields are assumptions. */
function reviewOf(order: Order, review: Review): Record<string, unknown> {
  return {
    order_id: order.id,
    rating: review.rating,
    comment: review.comment,
    created_at: plainTime(review.createdAt),
  };
}
