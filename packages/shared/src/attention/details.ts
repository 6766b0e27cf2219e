import { z } from 'zod';
import { count, round, text } from '../facts/fields.ts';

/**
 * Why an order waits for a human.
 * - `kind`: groups the causes by the operator's task.
 * - `cause`: identifies the case. It decides the key, the texts and the actions.
 * - `detail`: quotes an error, a handler, the buyer or the marketplace. Untrusted.
 */
export type AttentionDetails = z.output<typeof attentionDetailsSchema>;
export type AttentionKind = AttentionDetails['kind'];
export type AttentionCause = AttentionDetails['cause'];
export type DetailsOf<C extends AttentionCause> = Extract<AttentionDetails, { cause: C }>;

function variant<K extends string, C extends string, Fields extends z.ZodRawShape>(
  kind: K,
  cause: C,
  fields: Fields,
) {
  return z.object({ kind: z.literal(kind), cause: z.literal(cause), ...fields });
}

const detail = text;
/** The step that waits or failed, in any attempt (see `stepKey`). */
const step = { stepKey: text, attempt: count };
/** A time in ms since the epoch. */
const time = z.number();
/** A payout, and how often an operator asked for it again. `netUsd`: a decimal string. */
const payout = { attempt: count, netUsd: text.nullable() };
/** The buyer got only an earlier refusal of this round. Only the first refusal is sent. */
const isBuyerUninformed = z.boolean();
const onDraft = { round, draft: count };

/** A step failed for good, was stopped, or a handler declined. The operator retries. */
const FAILURES = [
  variant('failed', 'failed', { ...step, handler: text.nullable(), detail }),
  /** `by`: the operator's name. */
  variant('failed', 'stopped', { ...step, by: text }),
  variant('declined', 'quote_declined', { ...step, handler: text, detail }),
  variant('declined', 'brief_declined', { ...step, round, handler: text, detail, isBuyerUninformed }),
] as const;

/** A round that starts only when the operator releases it. */
const HELD_ROUNDS = [
  variant('held_round', 'no_brief', { round }),
  variant('held_round', 'quote_expired', { round, validHours: z.number(), lateMs: time }),
  /** `serviceId`: null when the order names neither a service nor a bounty. */
  variant('held_round', 'service_unknown', {
    round,
    serviceId: text.nullable(),
    detail: detail.nullable(),
  }),
  variant('held_round', 'beyond_max_revisions', { round, maxRevisions: count }),
  variant('held_round', 'no_feedback', {
    round,
    obstacle: z.enum(['not_received', 'thread_too_long', 'not_asked', 'thread_unreadable', 'not_answered']),
    detail: detail.nullable(),
  }),
] as const;

/** A draft under the operator's review. */
const REVIEWS = [
  /**
   * `reviewReason`: why the output itself demands a review. `isUrgent`: the due time is near or
   * past. `minutesToDelivery`: until the draft is delivered without a review. Null: never.
   */
  variant('review', 'review', {
    ...onDraft,
    handler: text,
    reviewReason: text.nullable(),
    isUrgent: z.boolean(),
    minutesToDue: z.number(),
    minutesToDelivery: z.number().nullable(),
  }),
  /** An operator declined to deliver the draft. `by`: the operator's name. */
  variant('review', 'draft_declined', { ...onDraft, by: text, detail, isBuyerUninformed }),
] as const;

/** The buyer disputes the order. `detail`: null when the reason is unknown. */
const DISPUTES = [variant('dispute', 'disputed', { round, detail: detail.nullable() })] as const;

/** Our share of the price is not in our wallet. */
const PAYOUTS = [
  variant('payout', 'payout_failed_early', { detail: detail.nullable() }),
  variant('payout', 'payout_failed', { ...payout, detail: detail.nullable() }),
  variant('payout', 'payout_unseen', payout),
  variant('payout', 'payout_already_paid', { ...payout, detail }),
  variant('payout', 'payout_no_wallet', { ...payout, detail }),
  variant('payout', 'payout_retry_rejected', { ...payout, detail }),
] as const;

/** The order cannot be read. `reads`: how many reads succeeded before. */
const ACCESS = [
  variant('access', 'read_denied', { reads: count, detail }),
  variant('access', 'read_failing', { reads: count, detail }),
] as const;

/** A step is late or cannot begin. The product still retries. */
const DELAYS = [
  variant('delay', 'held_up', { ...step, start: count, detail }),
  variant('delay', 'rate_limited', { ...step, since: time }),
  variant('delay', 'put_off', { ...step, detail }),
  variant('delay', 'late', { ...step, isOutcomeUnknown: z.boolean() }),
  variant('delay', 'not_redelivered', { round, index: count, since: time }),
] as const;

/** The marketplace shows a state that the product can neither explain nor change. */
const STATUSES = [
  variant('status', 'unknown_status', { rawStatus: text }),
  variant('status', 'quote_contradicted', {}),
  variant('status', 'delivery_contradicted', { round, rawStatus: text }),
  variant('status', 'disputed_again', { round }),
  variant('status', 'overwritten', { round, times: count }),
  variant('status', 'completed_undelivered', {}),
  variant('status', 'delivery_unknown', { status: text }),
] as const;

/**
 * The buyer wrote. `readUntil`: when the last of these messages was recorded, in ms since the
 * epoch. `detail`: its text.
 */
const MESSAGES = [variant('unread', 'unread_message', { readUntil: time, count, detail })] as const;

export const attentionDetailsSchema = z.discriminatedUnion('cause', [
  ...FAILURES,
  ...HELD_ROUNDS,
  ...REVIEWS,
  ...DISPUTES,
  ...PAYOUTS,
  ...ACCESS,
  ...DELAYS,
  ...STATUSES,
  ...MESSAGES,
]);
