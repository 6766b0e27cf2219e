import type { Fact } from '@fulfillment/shared';
import type { ExampleOrder } from '../model/index.ts';
import type { TimedFact } from './timed-fact.ts';

const HOUR = 3_600_000;

const QUESTIONS = [
  'When does the print version come? We need it by Friday.',
  'Could you send the source file, too?',
  'Looks good. Can the second paragraph be shorter?',
] as const;
const FEEDBACK = [
  'Please make the colours warmer, and move the name below the mark.',
  'The second section repeats the first. Shorten it and add prices.',
] as const;
const COMPLAINTS = [
  'The translation sounds like a machine wrote it.',
  'The colours are wrong. The brief said black and white.',
] as const;

/** What the buyer and the marketplace did after the delivery, or instead of one. */
export function endingFacts(order: ExampleOrder): TimedFact[] {
  const { plot, times } = order;
  const pick = (texts: readonly string[]) => texts[times.createdAt % texts.length] ?? '';
  const facts: TimedFact[] = [];
  const add = (at: number | null, fact: Fact) => {
    if (at !== null) facts.push({ at, fact });
  };
  if (plot === 'in_review_unread' && times.deliveredAt !== null) {
    const at = times.deliveredAt + 3 * HOUR;
    add(at, {
      type: 'buyer_message',
      content: pick(QUESTIONS),
      senderName: order.buyer,
      bodyHash: order.id,
      sentAt: at,
    });
  }
  if (plot === 'revising' || plot === 'paid_out_after_revision') {
    const feedback = pick(FEEDBACK);
    add(times.answeredAt, { type: 'revision_requested', revision: 1, feedback, isExtra: false });
  }
  if (plot === 'disputed') {
    const sentAt = times.answeredAt ?? undefined;
    add(times.answeredAt, { type: 'dispute_opened', reason: pick(COMPLAINTS), bodyHash: order.id, sentAt });
  }
  add(times.completedAt, {
    type: 'completed',
    priceUsd: order.priceUsd,
    feeUsd: order.feeUsd,
    netUsd: order.netUsd,
  });
  const payout = { type: 'payout', amountUsd: order.netUsd, chain: 'solana' } as const;
  add(times.paidOutAt, { ...payout, outcome: 'sent', txHash: order.txHash, reason: null });
  if (plot === 'payout_failed' && times.completedAt !== null) {
    const reason = 'The payout wallet rejects USDC transfers.';
    add(times.completedAt + 60_000, { ...payout, outcome: 'failed', txHash: null, reason });
  }
  if (order.rating !== null && times.paidOutAt !== null)
    add(times.paidOutAt + HOUR, { type: 'buyer_review', rating: order.rating, comment: null });
  return facts;
}
