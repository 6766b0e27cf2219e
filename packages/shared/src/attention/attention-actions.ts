import { VERDICTS } from '../facts/operator.ts';
import type { AttentionCause } from './details.ts';

/**
 * What an operator can do about an attention:
 * - `retry`: run the failed step again
 * - `retry_payout`: have the marketplace asked to send the payout again
 * - `release`: release a held round
 * - `acknowledge`: take note of the attention
 * - verdicts on a draft: have it delivered, have it regenerated, or decline to deliver it
 */
export const ATTENTION_ACTIONS = ['retry', 'retry_payout', 'release', 'acknowledge', ...VERDICTS] as const;
export type AttentionAction = (typeof ATTENTION_ACTIONS)[number];

/** The actions of each cause, besides `acknowledge`. */
const ACTIONS: { readonly [C in AttentionCause]?: readonly AttentionAction[] } = {
  failed: ['retry'],
  stopped: ['retry'],
  quote_declined: ['retry'],
  brief_declined: ['release', 'retry'],
  no_brief: ['release'],
  quote_expired: ['release'],
  service_unknown: ['release'],
  beyond_max_revisions: ['release'],
  no_feedback: ['release'],
  review: ['approve', 'regenerate', 'refuse'],
  draft_declined: ['regenerate', 'approve'],
  disputed: ['release'],
  payout_failed: ['retry_payout'],
  payout_unseen: ['retry_payout'],
  payout_no_wallet: ['retry_payout'],
  payout_retry_rejected: ['retry_payout'],
};

/** These causes stop the order until the operator decides, so nobody may only take note of them. */
const DEMANDS_DECISION: readonly AttentionCause[] = [
  'failed',
  'stopped',
  'brief_declined',
  'no_brief',
  'quote_expired',
  'service_unknown',
  'no_feedback',
  'review',
  'draft_declined',
];

/** Whether an operator can close an attention by acknowledging it. */
export function canBeAcknowledged(cause: AttentionCause): boolean {
  return !DEMANDS_DECISION.includes(cause);
}

/** The possible actions, in the order of the buttons. */
export function attentionActions(cause: AttentionCause): readonly AttentionAction[] {
  return [...(ACTIONS[cause] ?? []), ...(canBeAcknowledged(cause) ? (['acknowledge'] as const) : [])];
}
