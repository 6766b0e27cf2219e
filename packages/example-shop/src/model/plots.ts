/** The courses that orders of the example shop took. */
export type Plot =
  | 'paid_out'
  | 'paid_out_after_revision'
  | 'payout_awaited'
  | 'payout_failed'
  | 'refunded'
  | 'never_paid'
  | 'awaiting_quote'
  | 'awaiting_payment'
  | 'generating'
  | 'provider_overloaded'
  | 'content_rejected'
  | 'delivery_failed'
  | 'draft_waits'
  | 'in_review'
  | 'in_review_unread'
  | 'revising'
  | 'revision_unclear'
  | 'disputed'
  | 'declined'
  | 'late';

interface PlotShare {
  plot: Plot;
  /** How many of 300 orders take this course. */
  of300: number;
  /** The services that it happens to. Left out: any. */
  services?: readonly string[];
  /** How long ago the orders were placed, in hours: from and to. */
  hoursAgo: readonly [number, number];
}

const WEEK = 7 * 24;

export const SHARES: readonly PlotShare[] = [
  { plot: 'provider_overloaded', of300: 12, services: ['svc_product_text'], hoursAgo: [4, 11] },
  { plot: 'content_rejected', of300: 4, services: ['svc_illustration'], hoursAgo: [1, 2] },
  { plot: 'delivery_failed', of300: 3, services: ['svc_video', 'svc_seo_check'], hoursAgo: [10, 20] },
  { plot: 'draft_waits', of300: 7, services: ['svc_logo', 'svc_video'], hoursAgo: [2, 21] },
  { plot: 'late', of300: 5, services: ['svc_blog_post', 'svc_seo_check', 'svc_report'], hoursAgo: [74, 90] },
  { plot: 'in_review_unread', of300: 6, hoursAgo: [20, 40] },
  { plot: 'revision_unclear', of300: 3, hoursAgo: [60, 80] },
  { plot: 'disputed', of300: 4, hoursAgo: [60, 90] },
  { plot: 'declined', of300: 3, services: ['svc_newsletter', 'svc_report'], hoursAgo: [5, 20] },
  { plot: 'payout_failed', of300: 4, hoursAgo: [90, 160] },
  { plot: 'payout_awaited', of300: 6, hoursAgo: [70, 90] },
  { plot: 'generating', of300: 14, services: ['svc_video', 'svc_report', 'svc_logo'], hoursAgo: [1, 3] },
  { plot: 'revising', of300: 6, services: ['svc_logo', 'svc_blog_post', 'svc_report'], hoursAgo: [30, 40] },
  { plot: 'awaiting_payment', of300: 14, hoursAgo: [1, 30] },
  { plot: 'awaiting_quote', of300: 3, services: ['svc_newsletter', 'svc_report'], hoursAgo: [0, 1] },
  { plot: 'in_review', of300: 24, hoursAgo: [18, 44] },
  { plot: 'never_paid', of300: 9, hoursAgo: [50, 6 * WEEK] },
  { plot: 'refunded', of300: 8, hoursAgo: [50, 6 * WEEK] },
  { plot: 'paid_out_after_revision', of300: 28, hoursAgo: [170, 8 * WEEK] },
  { plot: 'paid_out', of300: 137, hoursAgo: [120, 8 * WEEK] },
];
