import type { ExampleService } from './catalog.ts';
import type { ExampleTimes } from './example-order.ts';
import type { Plot } from './plots.ts';
import type { Luck } from './random.ts';

interface Setting {
  plot: Plot;
  service: ExampleService;
  createdAt: number;
  now: number;
  hour: number;
}

const MINUTE = 60_000;
/** Silence for this long is an approval on the marketplace. */
const REVIEW_HOURS = 48;

const UNPAID: readonly Plot[] = ['awaiting_quote', 'awaiting_payment', 'never_paid', 'declined'];
const UNDELIVERED: readonly Plot[] = [
  'generating',
  'provider_overloaded',
  'content_rejected',
  'delivery_failed',
  'draft_waits',
  'late',
  'refunded',
];
const UNANSWERED: readonly Plot[] = ['in_review', 'in_review_unread'];
const COMPLETED: readonly Plot[] = ['paid_out', 'paid_out_after_revision', 'payout_awaited', 'payout_failed'];
const PAID_OUT: readonly Plot[] = ['paid_out', 'paid_out_after_revision'];
const REVISED: readonly Plot[] = ['paid_out_after_revision', 'revising', 'revision_unclear', 'disputed'];

/** The times of an order, by the course that it took. */
export function timesOf(luck: Luck, { plot, service, createdAt, now, hour }: Setting): ExampleTimes {
  const after = (time: number, from: number, to: number) => time + luck.between(from, to) * 1000;
  const quotedAt = plot === 'awaiting_quote' || plot === 'declined' ? null : after(createdAt, 2, 60);
  const isPaid = !UNPAID.includes(plot);
  const paidAt = isPaid ? after(quotedAt ?? createdAt, 60, 1200) : null;
  const beganAt =
    paidAt && (plot === 'generating' ? now - luck.between(1, 6) * MINUTE : after(paidAt, 3, 90));
  const isDelivered = beganAt !== null && !UNDELIVERED.includes(plot);
  const deliveredAt = isDelivered ? beganAt + service.runSeconds * luck.between(800, 1400) + 4000 : null;
  const isAnswered = deliveredAt !== null && !UNANSWERED.includes(plot);
  const answeredAt = isAnswered && REVISED.includes(plot) ? after(deliveredAt, 1800, 12 * 3600) : null;
  const redeliveredAt =
    answeredAt !== null && plot === 'paid_out_after_revision'
      ? answeredAt + service.runSeconds * 1100 + 9000
      : null;
  const lastAt = redeliveredAt ?? deliveredAt;
  const completedAt =
    isAnswered && lastAt !== null && COMPLETED.includes(plot)
      ? Math.min(
          lastAt + luck.between(1, REVIEW_HOURS) * hour,
          now - (PAID_OUT.includes(plot) ? 2 : 1) * hour,
        )
      : null;
  const paidOutAt = completedAt !== null && PAID_OUT.includes(plot) ? after(completedAt, 60, 1800) : null;
  const cancelledAt =
    plot === 'never_paid' || plot === 'refunded' ? after(paidAt ?? createdAt, 1200, 20 * 3600) : null;
  return {
    createdAt,
    quotedAt,
    paidAt,
    beganAt,
    deliveredAt,
    answeredAt,
    redeliveredAt,
    completedAt,
    paidOutAt,
    cancelledAt,
  };
}
