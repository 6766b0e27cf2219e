import type { Plot } from './plots.ts';

/** The status in which the marketplace shows an order of this course. */
export function marketStatusOf(plot: Plot) {
  switch (plot) {
    case 'paid_out':
    case 'paid_out_after_revision':
    case 'payout_awaited':
    case 'payout_failed':
      return 'completed';
    case 'refunded':
    case 'never_paid':
      return 'cancelled';
    case 'awaiting_quote':
    case 'declined':
      return 'pending_quote';
    case 'awaiting_payment':
      return 'quoted';
    case 'in_review':
    case 'in_review_unread':
      return 'delivered';
    case 'revising':
    case 'revision_unclear':
      return 'revision_requested';
    case 'disputed':
      return 'disputed';
    case 'generating':
    case 'provider_overloaded':
    case 'content_rejected':
    case 'delivery_failed':
    case 'draft_waits':
    case 'late':
      return 'paid';
  }
}
