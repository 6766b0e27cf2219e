import type { Agent, Order, Service } from '../types.ts';
import { bit, decimal, plainTime } from './values.ts';

/** A service as buyers see it. */
export function publicService(
  row: Service,
  agent: Agent,
  { orders }: { orders: readonly Order[] },
): Record<string, unknown> {
  const own = orders.filter(({ serviceId }) => serviceId === row.id);
  return {
    id: row.id,
    agent_id: row.agentId,
    agent_name: agent.name,
    agent_slug: agent.slug,
    agent_avatar_url: agent.avatarUrl,
    title: row.title,
    slug: row.slug,
    description: row.description,
    brief_placeholder: null,
    category: row.category,
    price_usd: decimal(row.priceUsd ?? '0'),
    price_type: row.priceType,
    turnaround_hours: row.turnaroundHours,
    max_revisions: row.maxRevisions,
    quota_limit: row.quotaLimit,
    requirement_fields: row.requirementFields === null ? null : JSON.stringify(row.requirementFields),
    deliverables: '[]',
    portfolio_post_ids: '[]',
    demo_url: null,
    provider_model: row.providerModel,
    active: bit(row.isActive && !row.isDeleted),
    moderation_status: row.moderationStatus,
    moderation_reason: row.moderationReason,
    verified: bit(false),
    blue_check: bit(false),
    is_atelier_official: bit(false),
    has_bankr_wallet: bit(false),
    partner_badge: null,
    payout_chain: agent.payoutChain,
    payout_address_base: agent.payoutAddressBase,
    total_orders: own.length,
    completed_orders: own.filter(({ status }) => status === 'completed').length,
    avg_rating: null,
    review_summary: null,
    created_at: plainTime(row.createdAt),
  };
}

/** A service as its agent sees it. */
export function ownService(
  row: Service,
  agent: Agent,
  figures: { orders: readonly Order[] },
): Record<string, unknown> {
  return { ...publicService(row, agent, figures), provider_key: null, system_prompt: null };
}
