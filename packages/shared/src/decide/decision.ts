import type { Attention } from '../attention/attention.ts';
import type { Fact } from '../facts/facts.ts';
import type { Step } from '../jobs/steps.ts';
import type { Round } from '../record/rounds.ts';

/** The stages of an order, for people. */
export const ORDER_STAGES = [
  'unseen',
  'awaiting_service',
  'pricing',
  'quoting',
  'awaiting_payment',
  'generating',
  'publishing',
  'delivering',
  'asking_buyer',
  'in_review',
  'held',
  'completed',
  'cancelled',
  'not_ours',
] as const;
export type OrderStage = (typeof ORDER_STAGES)[number];

/** The buyer's messages that nobody has answered or acknowledged. */
export interface Unread {
  /**
   * What an acknowledgement names. The acknowledgement covers these messages and no later message.
   */
  key: string;
  /** When the last of these messages was recorded, in ms since the epoch. */
  readUntil: number;
  count: number;
  /** The text of the last message. */
  last: string;
}

/** The next work on an order. */
export interface Decision {
  stage: OrderStage;
  /** The current round of the order. Null before the first. */
  round: Round | null;
  /** The steps that are missing now. A second request for a running step does no harm. */
  steps: Step[];
  /** When the steps are due, in ms since the epoch. Jobs of the earliest due time go first. */
  stepsDueAt: number;
  /** The steps of a cancelled order. Their jobs must not begin. */
  cancelledSteps: Step[];
  /**
   * False: the order could not be read, and its snapshot is too old to act on. Nothing starts
   * before the next read.
   */
  canStart: boolean;
  attention: Attention[];
  /** Null: every message of the buyer was answered or acknowledged. */
  unread: Unread | null;
  /**
   * Facts that follow from the marketplace's answer, or from the time, and are not in the record
   * yet.
   */
  facts: Fact[];
  /** The snapshot must be read again before anything new is started. */
  readOrder: boolean;
  /**
   * When the order is read next without a hint, in ms since the epoch. Null: only a hint leads to
   * another read.
   */
  nextReadAt: number | null;
  /**
   * The id of the service that must be read before a handler is chosen. Null: the service is known,
   * or not needed now.
   */
  readService: string | null;
  /** The thread must be read, because the buyer may have answered our question about this round. */
  readThread: Round | null;
  /**
   * The thread must be read, because the buyer may have written without a webhook that reports it.
   */
  readMessages: boolean;
  /** When the order's delivery is due, in ms since the epoch. Null: no delivery is owed. */
  dueAt: number | null;
  /**
   * How long a completed order waits for its payout before a human is asked, as a time in ms since
   * the epoch. Null: no payout is awaited.
   */
  payoutDueAt: number | null;
  /**
   * When to reconcile the order again without a poke, in ms since the epoch. Null: the order is
   * finished.
   */
  lookAgainAt: number | null;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A status that contradicts our own write may be an old answer for this long. */
export const CONTRADICTION_PATIENCE = 10 * MINUTE;
