import { z } from 'zod';
import type { AUTOMATIC_MESSAGES } from '../facts/kinds.ts';

const DEFAULT_TEXTS = {
  delivered:
    'Your order "{service}" is delivered. If something should be different, ask for a revision and say what.',
  revised: 'Revision {revision} of your order "{service}" is delivered.',
  dispute_received: 'We have received your dispute about "{service}". A person will read it and answer here.',
  ask_feedback:
    'You asked for revision {revision} of "{service}", and its text did not reach us. What should we change? Your answer here starts the work.',
  delayed:
    'Your order "{service}" is taking longer than planned. We are working on it and will deliver here.',
  refused:
    'We cannot deliver your order "{service}" as described:\n{reason}\nIf you would like something else instead, write here.',
} as const satisfies Record<(typeof AUTOMATIC_MESSAGES)[number], string>;

/**
 * A message's text with `{order}`, `{service}`, `{client}` and `{revision}`, and `{reason}` in a
 * refusal. Null: this message is never sent.
 */
const template = (kind: (typeof AUTOMATIC_MESSAGES)[number]) =>
  z.string().nullable().default(DEFAULT_TEXTS[kind]);

/** The operator's decisions for all orders. Every field has a default. */
export const policySchema = z.strictObject({
  /**
   * A buyer asks for a revision, and the feedback did not reach us: ask the buyer, work without
   * feedback, or hold for a human.
   */
  revisionWithoutFeedback: z.enum(['ask', 'fulfil', 'hold']).default('ask'),
  /**
   * How long to wait for the webhook with the feedback before `revisionWithoutFeedback` applies, in
   * seconds.
   */
  feedbackGraceSeconds: z.number().nonnegative().default(30),
  /** How often the thread is read for the buyer's answer without a webhook, in seconds. */
  answerLookSeconds: z.number().positive().default(60),
  /** A revision beyond those included in the price: do the revision, or hold for a human. */
  beyondMaxRevisions: z.enum(['fulfil', 'hold']).default('fulfil'),
  /** A dispute: hold for a human, or generate and deliver once more. */
  dispute: z.enum(['attention', 'redeliver']).default('attention'),
  /** How often an order in review is read again without a webhook, in minutes. */
  reviewLookMinutes: z.number().positive().default(30),
  /**
   * How long the marketplace must show an overwritten delivery (the x402 race) before it is
   * delivered again, in seconds. Also the wait after the first delivery before a read checks for an
   * overwrite.
   */
  overwrittenAfterSeconds: z.number().positive().max(3600).default(60),
  /**
   * How soon an order is checked again while a step is missing or under way, in seconds. The check
   * finds lost jobs.
   */
  workLookSeconds: z.number().positive().default(120),
  /** The turnaround of an order whose service has none, in hours. */
  turnaroundHours: z.number().positive().default(48),
  /**
   * When an unanswered message of the buyer asks for an operator. `while_open`: only while we owe
   * work, or the order is in review or dispute. Lists mark the order in any case.
   */
  unreadMessages: z.enum(['while_open', 'always', 'never']).default('while_open'),
  /**
   * A URL from a handler that leads to this machine or a private network: refuse the output, or
   * deliver it, as tests on loopback need.
   */
  privateUrls: z.enum(['refuse', 'deliver']).default('refuse'),
  /**
   * Rounds whose handler demands a review. `atDeadline`: what happens to them at their due time.
   * `warnMinutes`: how long before that time the operator is warned, in minutes. Even a late draft
   * waits for at least `warnMinutes`.
   */
  review: z
    .strictObject({
      atDeadline: z.enum(['hold', 'deliver']).default('hold'),
      warnMinutes: z.number().nonnegative().default(120),
    })
    .prefault({}),
  messages: z
    .strictObject({
      delivered: template('delivered'),
      revised: template('revised'),
      dispute_received: template('dispute_received'),
      ask_feedback: template('ask_feedback'),
      delayed: template('delayed'),
      refused: template('refused'),
    })
    .prefault({}),
});

export type Policy = z.infer<typeof policySchema>;
/** The policy in the operator's configuration: everything is optional. */
export type PolicyInput = z.input<typeof policySchema>;

/** The policy of an operator who set nothing. */
export const DEFAULT_POLICY: Policy = policySchema.parse({});
