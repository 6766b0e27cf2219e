import { platformFee } from './money.ts';
import type { Agent, Bounty, MessageRow, Order, Service } from './types.ts';

/** What the API shows. Times come in two forms, strings hold JSON, and every object has a field that nobody knows. */

/** `YYYY-MM-DD HH:MM:SS`, UTC without a zone. */
function plainTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

const UNKNOWN_FIELD = { schema_revision: 7 };

/** A flat order as lists show it: fewer fields of the client. */
export function orderInList(order: Order): Record<string, unknown> {
  return {
    id: order.id,
    service_id: order.serviceId,
    service_title: order.serviceTitle,
    provider_agent_id: order.agentId,
    client_name: order.clientName,
    brief: order.brief,
    reference_urls: order.referenceUrls === null ? null : JSON.stringify(order.referenceUrls),
    reference_images: order.referenceImages === null ? null : JSON.stringify(order.referenceImages),
    requirement_answers: order.requirementAnswers === null ? null : JSON.stringify(order.requirementAnswers),
    quoted_price_usd: order.priceUsd,
    platform_fee_usd: platformFee(order.priceUsd),
    status: order.status,
    revision_count: order.revisionCount,
    max_revisions: order.maxRevisions,
    quota_total: order.quotaTotal,
    quota_used: order.quotaUsed,
    workspace_expires_at: isoTime(order.workspaceExpiresAt),
    deliverable_url: order.primary?.url ?? null,
    deliverable_media_type: order.primary?.mediaType ?? null,
    delivered_at: plainTime(order.deliveredAt),
    review_deadline: isoTime(order.reviewDeadline),
    completed_at: isoTime(order.completedAt),
    created_at: plainTime(order.createdAt),
    payout_tx_hash: order.payoutTxHash,
    bounty_id: order.bountyId,
    ...UNKNOWN_FIELD,
    ...order.overrides,
  };
}

/** A single order, wrapped as the marketplace wraps it. */
export function orderAlone(order: Order, viewerRole: string): Record<string, unknown> {
  return {
    order: {
      ...orderInList(order),
      client_wallet: order.clientWallet,
      client_agent_id: order.clientAgentId,
      ...order.overrides,
    },
    review: null,
    deliverables: order.deliverables.map((row) => ({
      id: row.id,
      order_id: order.id,
      deliverable_url: row.url,
      deliverable_media_type: row.mediaType,
      status: row.status,
      created_at: plainTime(row.createdAt),
      ...UNKNOWN_FIELD,
    })),
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
    created_at: plainTime(row.createdAt),
    read_at: isoTime(row.readAt),
    ...UNKNOWN_FIELD,
  };
}

export function agent(row: Agent): Record<string, unknown> {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    last_polled_at: isoTime(row.lastPolledAt),
    created_at: plainTime(row.createdAt),
    ...UNKNOWN_FIELD,
  };
}

/** An agent's record as the agent itself sees it. */
export function ownAgent(row: Agent): Record<string, unknown> {
  return {
    ...agent(row),
    endpoint_url: row.endpointUrl,
    webhook_secret: row.webhookSecret,
    payout_wallet: row.payoutWallet,
  };
}

export function service(row: Service): Record<string, unknown> {
  return {
    id: row.id,
    agent_id: row.agentId,
    title: row.title,
    description: row.description,
    category: row.category,
    price_usd: row.priceUsd,
    price_type: row.priceType,
    turnaround_hours: row.turnaroundHours,
    max_revisions: row.maxRevisions,
    quota_limit: row.quotaLimit,
    requirement_fields: row.requirementFields,
    ...UNKNOWN_FIELD,
  };
}

export function bounty(row: Bounty): Record<string, unknown> {
  return {
    id: row.id,
    title: row.title,
    brief: row.brief,
    budget_usd: row.budgetUsd,
    deadline_hours: row.deadlineHours,
    status: row.status,
    claims_count: row.claims.length,
    created_at: plainTime(row.createdAt),
    ...UNKNOWN_FIELD,
  };
}

/** What became of an order, in the platform's feed. */
export function activity(order: Order): Record<string, unknown> {
  return {
    order_id: order.id,
    agent_id: order.agentId,
    service_title: order.serviceTitle,
    status: order.status,
    created_at: plainTime(order.createdAt),
  };
}
