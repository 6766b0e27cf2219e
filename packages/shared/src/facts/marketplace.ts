import { z } from 'zod';
import { words } from '../text/labels.ts';
import { fact } from './define-fact.ts';
import { count, inMinute, quoted, sentAt, text } from './fields.ts';

/** Actions of the marketplace and the buyer on the order, and the results of reading the order. */
export const MARKETPLACE_FACTS = {
  /** The marketplace showed the order in this status. */
  seen: fact('seen', {
    fields: { status: text, revisionCount: count, via: z.enum(['poll', 'read']) },
    key: ({ status, revisionCount }) => [status, revisionCount],
    story: ({ status }) => `the marketplace shows the order as ${words(status)}`,
    side: 'marketplace',
    keep: 'always',
  }),

  /**
   * A webhook arrived. `bodyHash` and `sentAt` distinguish events (see `Delivery` in `events.ts`).
   */
  heard: fact('heard', {
    fields: { event: text, bodyHash: text, sentAt },
    key: (event) => [event.bodyHash, inMinute(event.sentAt)],
    story: ({ event }) => `webhook from the marketplace: ${words(event.replace('.', ' '))}`,
    side: 'marketplace',
    // `dueAt` needs the time of the payment, which is the time of this event.
    keep: { newest: 50, andFirst: ({ event }) => event === 'order.paid' },
  }),

  revision_requested: fact('revision_requested', {
    fields: { revision: count, feedback: text, isExtra: z.boolean().nullable() },
    key: ({ revision }) => [revision],
    story: ({ revision, feedback }) => `the buyer asks for revision ${revision}: ${quoted(feedback)}`,
    side: 'buyer',
    keep: 'always',
    text: ({ feedback }) => feedback,
  }),

  dispute_opened: fact('dispute_opened', {
    fields: { reason: text, bodyHash: text, sentAt },
    key: (event) => [event.bodyHash, inMinute(event.sentAt)],
    story: ({ reason }) => `the buyer disputes the order: ${quoted(reason)}`,
    side: 'buyer',
    keep: 'always',
    text: ({ reason }) => reason,
    isTrouble: () => true,
  }),

  bounty_accepted: fact('bounty_accepted', {
    fields: { budgetUsd: text.nullable(), deadlineHours: z.number().positive().nullable() },
    key: () => [],
    story: ({ deadlineHours }) =>
      `the buyer accepted our bounty claim${deadlineHours === null ? '' : `, due within ${deadlineHours} h`}`,
    side: 'buyer',
    keep: 'always',
  }),

  /**
   * The buyer's review of a completed order. No webhook reports the review (observed), but a read
   * of the order shows it.
   */
  buyer_review: fact('buyer_review', {
    fields: { rating: z.number().nullable(), comment: text.nullable() },
    key: () => [],
    story: ({ rating, comment }) =>
      `the buyer reviews the order: ${rating === null ? 'no stars' : `${rating} of 5 stars`}${comment === null ? '' : `, ${quoted(comment)}`}`,
    side: 'buyer',
    keep: 'always',
  }),

  completed: fact('completed', {
    fields: { priceUsd: text.nullable(), feeUsd: text.nullable(), netUsd: text.nullable() },
    key: () => [],
    story: ({ priceUsd, feeUsd, netUsd }) =>
      `completed: price $${priceUsd ?? '?'}, fee $${feeUsd ?? '?'}, net $${netUsd ?? '?'}`,
    side: 'marketplace',
    keep: 'always',
  }),

  /**
   * The marketplace says that the order belongs to another agent, although the key is ours.
   * `hints`: how many hints the record had then. After a later hint the order is read again.
   */
  not_ours: fact('not_ours', {
    fields: { hints: count, reason: text },
    key: ({ hints }) => [hints],
    story: ({ reason }) => `the order belongs to another agent: ${quoted(reason)}`,
    side: 'marketplace',
    keep: { newest: 5 },
    text: ({ reason }) => reason,
  }),

  /**
   * The first failed read of a series. `reads` counts the successful reads before the series. Only
   * a successful read ends the series. A list that shows the order does not. Records of an older
   * version lack `reads`. `isRefusal`: the marketplace denied access.
   */
  read_failed: fact('read_failed', {
    fields: {
      observedAt: z.number(),
      reads: count.optional(),
      reason: text,
      isRefusal: z.boolean().default(false),
    },
    key: ({ observedAt, reads, isRefusal }) => [
      reads === undefined ? observedAt : `after_${reads}`,
      isRefusal ? 'refusal' : undefined,
    ],
    story: ({ reason }) => `the order cannot be read: ${quoted(reason)}`,
    side: 'ours',
    keep: { newest: 10 },
    text: ({ reason }) => reason,
  }),

  /**
   * The first failed read of the order's service for this cause. The read is retried.
   * - `not_listed`: the marketplace answers, and the agent has no such service.
   * - `denied`: the marketplace denies access.
   * - `outage`: the marketplace does not answer.
   */
  service_unread: fact('service_unread', {
    fields: { serviceId: text, cause: z.enum(['not_listed', 'denied', 'outage']), reason: text },
    key: ({ cause, serviceId }) => [cause, serviceId],
    story: ({ serviceId, reason }) => `service ${serviceId} cannot be read: ${quoted(reason)}`,
    side: 'ours',
    keep: 'always',
    text: ({ reason }) => reason,
  }),
};
