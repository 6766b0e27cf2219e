import { z } from 'zod';
import { MEDIA_TYPES } from '../order/order.ts';
import { ROUND_PATTERN } from '../record/rounds.ts';

/**
 * A fact is something that happened to an order. It is written once and never taken back; its key (see `factKey`) says which
 * happening it is, so that writing the same happening twice changes nothing.
 */

const round = z.string().regex(ROUND_PATTERN);
const attempt = z.number().int().nonnegative();
const text = z.string();
/** When the marketplace signed the webhook, in ms since the epoch; facts of older versions have none. */
const sentAt = z.number().int().nonnegative().optional();
/** Which draft of a round it was; records written before drafts were told apart have none. See `draftOf`. */
const ofDraft = attempt.optional();
/** The steps in which a handler is called. */
const handlerStep = z.enum(['price', 'generate']);
/** What a handler is called for that may cost: a step, or whether a round that was made is to be looked at. */
const costlyCall = z.enum(['price', 'generate', 'review']);
export type CostlyCall = z.infer<typeof costlyCall>;

/** The steps that workers take. `read` is reconcile's own: reading the order from the marketplace. */
export const STEP_NAMES = [
  'price',
  'quote',
  'generate',
  'publish',
  'deliver',
  'send',
  'payout_retry',
  'read',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** The messages we write to a buyer. */
export const MESSAGE_KINDS = [
  'delivered',
  'revised',
  'dispute_received',
  'ask_feedback',
  'delayed',
  'refused',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** What an operator may say of a draft: deliver it, make it again, or do neither. */
export const VERDICTS = ['approve', 'regenerate', 'refuse'] as const;

/** What the marketplace answers when it is asked to send a payout again. */
export const PAYOUT_RETRY_OUTCOMES = ['accepted', 'already_paid', 'no_wallet', 'rejected'] as const;

/** Bytes that we hold: where they lie in the artifact store, and what they are. */
export const artifactSchema = z.object({
  /** Path inside the artifact store, unguessable: `<order>/<round>/<random>/<file name>`. */
  path: text,
  fileName: text,
  contentType: text,
  bytes: z.number().int().positive(),
});
export type Artifact = z.infer<typeof artifactSchema>;

/** A deliverable as the marketplace takes it: a URL that the buyer can open, and a media type. */
export const deliverableSchema = z.object({ url: z.url(), mediaType: z.enum(MEDIA_TYPES) });
export type Deliverable = z.infer<typeof deliverableSchema>;

/** What a generation made: a URL, or an artifact that has no public URL yet and must be published first. */
export const productSchema = z.union([
  deliverableSchema.extend({ artifact: artifactSchema.optional() }),
  z.object({ mediaType: z.enum(MEDIA_TYPES), artifact: artifactSchema, url: z.undefined().optional() }),
]);
export type Product = z.infer<typeof productSchema>;

/** What a generation used of somebody's service. Null: not told. */
export const usageSchema = z.object({
  /** The model or service. */
  what: z.string().min(1).max(200),
  inputTokens: z.number().int().nonnegative().nullable().default(null),
  /** How many of `inputTokens` the provider read from its cache, which costs less. */
  cachedInputTokens: z.number().int().nonnegative().nullable().default(null),
  outputTokens: z.number().int().nonnegative().nullable().default(null),
  images: z.number().int().nonnegative().nullable().default(null),
  /** What it cost, in USD. */
  costUsd: z.number().nonnegative().nullable().default(null),
});
export type Usage = z.infer<typeof usageSchema>;

const seenVia = z.enum(['poll', 'read']);

export const factSchema = z.discriminatedUnion('type', [
  /** The marketplace showed the order in this status. */
  z.object({ type: z.literal('seen'), status: text, revisionCount: attempt, via: seenVia }),
  /** A webhook arrived. `bodyHash` and `sentAt` tell events apart, see `Delivery` in `events.ts`. */
  z.object({ type: z.literal('heard'), event: text, bodyHash: text, sentAt }),
  z.object({
    type: z.literal('revision_requested'),
    revision: attempt,
    feedback: text,
    isExtra: z.boolean().nullable(),
  }),
  z.object({ type: z.literal('dispute_opened'), reason: text, bodyHash: text, sentAt }),
  z.object({
    type: z.literal('buyer_message'),
    content: text,
    senderName: text.nullable(),
    bodyHash: text,
    sentAt,
  }),
  z.object({
    type: z.literal('bounty_accepted'),
    budgetUsd: text.nullable(),
    deadlineHours: z.number().positive().nullable(),
  }),
  z.object({
    type: z.literal('payout'),
    outcome: z.enum(['sent', 'failed']),
    amountUsd: text.nullable(),
    chain: text.nullable(),
    txHash: text.nullable(),
    reason: text.nullable(),
  }),

  /** The buyer's answer, found in the thread, to our question what a revision should change. */
  z.object({ type: z.literal('answer_found'), round, content: text }),
  /** Our question is beyond the 50 messages that the marketplace shows: an answer cannot be read. */
  z.object({ type: z.literal('thread_too_long'), round }),
  /**
   * The first failed read of the thread since a successful one. `index` counts these series. `isRefusal`: the marketplace denied access;
   * false: an outage. Absent in records of an older version, which noted only denied access.
   */
  z.object({
    type: z.literal('thread_unreadable'),
    round,
    reason: text,
    index: attempt.default(0),
    isRefusal: z.boolean().optional(),
  }),
  /** It could be read again after the time of this `index`. */
  z.object({ type: z.literal('thread_readable'), round, index: attempt }),

  /**
   * The order's service could not be read, for the first time for this cause; reading is tried again. `not_listed`: the marketplace
   * answers, and the agent has no such service. `denied`: the marketplace denies access. `outage`: it does not answer.
   */
  z.object({
    type: z.literal('service_unread'),
    serviceId: text,
    cause: z.enum(['not_listed', 'denied', 'outage']),
    reason: text,
  }),

  /** A worker began a step. `start` counts the beginnings, crashes included. */
  z.object({
    type: z.literal('began'),
    step: handlerStep,
    round,
    attempt,
    start: attempt,
    handler: text,
  }),
  /** The worker that began a step was stopped in good order, and returned the job: this beginning is not a crash. */
  z.object({ type: z.literal('returned'), step: handlerStep, round, attempt, start: attempt }),
  /** A handler's try ended without a result. `stack`: where its error came from, bounded and without secrets. */
  z.object({
    type: z.literal('try_failed'),
    step: handlerStep,
    round,
    attempt,
    start: attempt,
    kind: z.enum(['transient', 'permanent', 'throttled']),
    reason: text,
    stack: text,
  }),
  /** A worker cannot begin a step, for trouble of its own such as a full disk; it tries again. `start`: which beginning that would be. */
  z.object({ type: z.literal('held_up'), step: handlerStep, round, attempt, start: attempt, reason: text }),
  /** A step that began waits, since its service named a time to come again. `index` counts the waits; `waitSeconds` is from the fact on. */
  z.object({
    type: z.literal('put_off'),
    step: handlerStep,
    round,
    attempt,
    index: attempt,
    waitSeconds: z.number().positive(),
    reason: text,
  }),
  /** A try of a step used something that costs, whatever became of the try. `index` counts the reports of one beginning. */
  usageSchema.extend({
    type: z.literal('used'),
    step: costlyCall.default('generate'),
    round,
    attempt,
    start: attempt,
    index: attempt,
  }),
  /** What a handler wants to know when its round is begun again, as JSON. The last one counts. */
  z.object({ type: z.literal('remembered'), round, attempt, start: attempt, index: attempt, json: text }),
  /** What a try made is kept on a worker's disk, since the artifact store did not take it. `folder` tells that disk's folder from others. */
  z.object({ type: z.literal('kept'), round, draft: attempt, attempt, folder: text, reason: text }),
  /** `validHours`: how long after the quote the order may be paid and is begun without a word of ours; absent: for ever. */
  z.object({
    type: z.literal('priced'),
    handler: text,
    priceUsd: text,
    validHours: z.number().positive().optional(),
  }),
  /** The handler refuses: to quote, or, asked before the first generation, the brief of a paid order. */
  z.object({
    type: z.literal('refused'),
    handler: text,
    reason: text,
    step: handlerStep.default('price'),
    attempt: attempt.default(0),
  }),
  /** `draft`: how often an operator had the round made again before. `review`: an operator looks at it before it is delivered. */
  z.object({
    type: z.literal('generated'),
    round,
    handler: text,
    products: z.array(productSchema).min(1),
    draft: attempt.default(0),
    review: z.boolean().default(false),
    /** Why it must be reviewed, when that was found in what was generated; such a round is never delivered without a review. */
    reviewReason: text.optional(),
  }),
  /** The marketplace hosts product number `index` of a round under `url` now. */
  z.object({ type: z.literal('published'), round, draft: ofDraft, index: attempt, url: z.url() }),

  /** Written before a call that must take effect once: what we are about to do. */
  z.object({ type: z.literal('quote_intended'), priceUsd: text }),
  z.object({
    type: z.literal('delivery_intended'),
    round,
    draft: ofDraft,
    deliverables: z.array(deliverableSchema).min(1),
  }),
  z.object({ type: z.literal('message_intended'), kind: z.enum(MESSAGE_KINDS), round, content: text }),

  /** It took effect. `found`: not by our call's answer, but by reading the order afterwards. */
  z.object({ type: z.literal('quoted'), priceUsd: text, found: z.boolean() }),
  z.object({
    type: z.literal('delivered'),
    round,
    draft: ofDraft,
    deliverables: z.array(deliverableSchema).min(1),
    found: z.boolean(),
    /** The order's status by the answer to the delivery; absent when the answer had none, or the delivery was found. */
    status: text.optional(),
  }),
  /**
   * The marketplace shows the round as owed again, with our deliverables in the order (the x402 race). `index`: how often it was delivered
   * again before.
   */
  z.object({ type: z.literal('delivery_overwritten'), round, index: attempt }),
  /** Written before an overwritten round is delivered again, with the URLs of its delivery. */
  z.object({ type: z.literal('redelivery_intended'), round, index: attempt }),
  /** It was delivered again. `found`: by the order's status afterwards, not by our call's answer. */
  z.object({
    type: z.literal('redelivered'),
    round,
    index: attempt,
    found: z.boolean(),
    /** As for `delivered`. */
    status: text.optional(),
  }),
  z.object({ type: z.literal('message_sent'), kind: z.enum(MESSAGE_KINDS), round, found: z.boolean() }),
  /** A message's outcome stays unknown, or the marketplace does not take it: it is not tried again. */
  z.object({ type: z.literal('message_dropped'), kind: z.enum(MESSAGE_KINDS), round, reason: text }),

  /** What the buyer says of a completed order. No webhook tells of it (observed): it is found when the order is read. */
  z.object({ type: z.literal('buyer_review'), rating: z.number().nullable(), comment: text.nullable() }),
  z.object({
    type: z.literal('completed'),
    priceUsd: text.nullable(),
    feeUsd: text.nullable(),
    netUsd: text.nullable(),
  }),

  /**
   * The marketplace says that the order is another agent's: it was asked under a key that is ours. `hints`: how many hints the record had
   * then; a later hint has the order read again.
   */
  z.object({ type: z.literal('not_ours'), hints: attempt, reason: text }),
  /**
   * The first failed read of a series. `reads` counts the successful reads before the series: only a successful read ends it, not a
   * list that shows the order. Absent in records of an older version. `isRefusal`: the marketplace denied access.
   */
  z.object({
    type: z.literal('read_failed'),
    observedAt: z.number(),
    reads: attempt.optional(),
    reason: text,
    isRefusal: z.boolean().default(false),
  }),
  /** A step ended for good without its effect; a human decides. `stepKey` names it, see `stepKey()`. */
  z.object({ type: z.literal('failed'), stepKey: text, attempt, reason: text }),
  /** The marketplace refused a step's call for its rate limit (429), for the first time; the step waits and is tried again. */
  z.object({ type: z.literal('rate_limited'), stepKey: text, attempt, reason: text }),

  z.object({ type: z.literal('operator_retried'), stepKey: text, attempt, by: text }),
  /** An operator has the marketplace asked to send the payout again. `index` counts these requests. */
  z.object({ type: z.literal('payout_retry_asked'), index: attempt, by: text }),
  /** What the marketplace answered. `reason`: in its words; empty when it accepted. */
  z.object({
    type: z.literal('payout_retry_answered'),
    index: attempt,
    outcome: z.enum(PAYOUT_RETRY_OUTCOMES),
    reason: text,
  }),
  /** An operator lets a round go on that was held. `attentionKey`: by what; absent: by whatever it was. */
  z.object({ type: z.literal('operator_released'), round, attentionKey: text.optional(), by: text }),
  /** A draft waits to be looked at, and its due time is near. */
  z.object({ type: z.literal('review_due'), round, draft: attempt }),
  /** An operator's word on a draft. `note`: what is to be different, or why it is not delivered. `message`: in place of the usual one. */
  z.object({
    type: z.literal('reviewed'),
    round,
    draft: attempt,
    verdict: z.enum(VERDICTS),
    note: text,
    message: text.nullable(),
    by: text,
  }),
  z.object({ type: z.literal('operator_acknowledged'), attentionKey: text, by: text }),
]);

/** What a buyer says of a completed order: stars, and a text. Untrusted. */
export type BuyerReview = Omit<FactOf<'buyer_review'>, 'type'>;

/** A fact as it is written: the time is set by the record store. */
export type Fact = z.infer<typeof factSchema>;
export type FactType = Fact['type'];
export type FactOf<T extends FactType> = Extract<Fact, { type: T }>;

/** A fact as it is read back, with the time it was first written, in ms since the epoch, by Redis' clock. */
export type Recorded<F extends Fact = Fact> = F & { at: number };
