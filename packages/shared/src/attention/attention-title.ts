import { parseStepKey } from '../jobs/step-key.ts';
import type { AttentionCause, AttentionDetails } from './details.ts';

const TITLES = {
  stopped: 'Stopped by an operator',
  no_brief: 'No brief',
  quote_expired: 'Paid after the quote expired',
  service_unknown: 'Unknown service',
  beyond_max_revisions: 'Revision beyond the price',
  no_feedback: 'Revision without feedback',
  review: 'Draft to review',
  draft_declined: 'Delivery declined',
  disputed: 'Dispute',
  payout_failed_early: 'Payout failed',
  payout_failed: 'Payout failed',
  payout_unseen: 'Payout not seen',
  payout_already_paid: 'Payout already sent',
  payout_no_wallet: 'No payout wallet',
  payout_retry_rejected: 'Payout retry rejected',
  read_denied: 'Access to the order denied',
  read_failing: 'Order cannot be read',
  held_up: 'Step cannot begin',
  rate_limited: 'Late because of the rate limit',
  put_off: 'Late because a service is waiting',
  late: 'Past due',
  not_redelivered: 'Overwritten delivery not repeated',
  unknown_status: 'Unknown status',
  quote_contradicted: 'Quote not shown by the marketplace',
  delivery_contradicted: 'Delivery not shown by the marketplace',
  disputed_again: 'Disputed again',
  overwritten: 'Delivery overwritten again',
  completed_undelivered: 'Completed without a delivery',
  delivery_unknown: 'Unknown delivery',
  unread_message: 'Unread message',
} as const satisfies Partial<Record<AttentionCause, string>>;

/**
 * The attention in a few words. Equal for all orders with the same trouble, so that a list can
 * group them: attentions with the same title and `detail` have the same cause.
 */
export function attentionTitle(details: AttentionDetails): string {
  switch (details.cause) {
    case 'failed':
      return details.handler === null
        ? `Step "${parseStepKey(details.stepKey)?.name ?? details.stepKey}" failed`
        : `Handler "${details.handler}" failed`;
    case 'quote_declined':
      return `Handler "${details.handler}" declined to quote`;
    case 'brief_declined':
      return `Handler "${details.handler}" declined the brief`;
    default:
      return TITLES[details.cause];
  }
}
