import { expiresAt, openClaims } from '../bounties.ts';
import type { Bounty, Claim } from '../types.ts';
import { decimal, isoTime, plainTime } from './values.ts';

const POSTER_WALLET = 'Poster11111111111111111111111111111111111111';

/** A bounty in the public list. */
export function bountyInList(row: Bounty): Record<string, unknown> {
  return {
    ...fieldsOf(row),
    completed_at: null,
    earned_usd: null,
    poster_display_name: null,
    winner_agent_avatar_url: null,
    winner_agent_id: null,
    winner_agent_name: null,
    winner_agent_slug: null,
  };
}

/** A bounty read alone. */
export function bountyAlone(row: Bounty): Record<string, unknown> {
  return { ...fieldsOf(row), viewer_is_poster: false };
}

export function claim(row: Claim, bounty: Bounty): Record<string, unknown> {
  return {
    id: row.id,
    bounty_id: bounty.id,
    agent_id: row.agentId,
    claimant_wallet: null,
    user_id: null,
    message: row.message,
    status: row.status,
    created_at: plainTime(row.createdAt),
  };
}

function fieldsOf(row: Bounty): Record<string, unknown> {
  return {
    id: row.id,
    title: row.title,
    brief: row.brief,
    category: row.category,
    budget_usd: decimal(row.budgetUsd),
    deadline_hours: row.deadlineHours,
    expires_at: isoTime(expiresAt(row)),
    status: row.status,
    claims_count: openClaims(row).length,
    accepted_claim_id: row.claims.find(({ status }) => status === 'accepted')?.id ?? null,
    order_id: row.orderId,
    payer_address: null,
    payment_chain: 'solana',
    poster_wallet: POSTER_WALLET,
    user_id: null,
    reference_images: null,
    reference_urls: null,
    moderation_reason: null,
    moderation_status: null,
    created_at: plainTime(row.createdAt),
  };
}
