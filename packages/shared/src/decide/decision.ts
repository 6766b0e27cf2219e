import type { Fact } from '../facts/facts.ts';
import { VERDICTS } from '../facts/operator.ts';
import type { Step } from '../jobs/steps.ts';
import type { Round } from '../record/rounds.ts';

/** Where an order stands, for people. */
export const STAGES = [
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
export type Stage = (typeof STAGES)[number];

/**
 * What an operator can do about an attention: run the failed step again, have the marketplace asked to send the payout again, let a held round go on, take note of it; or, of a draft, have
 * it delivered, have it made again, or refuse to deliver it.
 */
export const ATTENTION_ACTIONS = ['retry', 'retry_payout', 'release', 'acknowledge', ...VERDICTS] as const;
export type AttentionAction = (typeof ATTENTION_ACTIONS)[number];

/** Something about an order that waits for a human. */
export interface Attention {
  /** Which attention it is; the same cause keeps the same key. */
  key: string;
  /** What happened, and what to do, in words. */
  reason: string;
  actions: readonly AttentionAction[];
  /** The round that `release` lets go on, the step that `retry` runs again. `attempt`: of `retry_payout`, how often it was asked for before. */
  round?: Round;
  stepKey?: string;
  attempt?: number;
  /** The draft of the round that is to be looked at. */
  draft?: number;
  /** The order's due time is near, or over, and nothing but this is waited for. */
  isUrgent?: boolean;
}

/** The buyer's messages of an order that nobody has dealt with. */
export interface Unread {
  /** What an acknowledgement names; it covers these messages and no later one. */
  key: string;
  count: number;
  /** The text of the last one. */
  last: string;
}

/** What is missing next for an order. */
export interface Decision {
  stage: Stage;
  /** The round the order is in, null before the first. */
  round: Round | null;
  /** The steps that are missing now. Asking for one again, while it runs, is harmless. */
  steps: Step[];
  attention: Attention[];
  /** Null: every message of the buyer was answered or acknowledged. */
  unread: Unread | null;
  /** Facts that follow from what the marketplace shows, or from the time, and are not in the record yet. */
  facts: Fact[];
  /** The snapshot must be read again before anything new is started. */
  readOrder: boolean;
  /** The service must be read before a handler is chosen: its id; null when it is known, or not needed now. */
  readService: string | null;
  /** The thread must be read: the buyer may have answered our question about this round. */
  readThread: Round | null;
  /** The thread must be read: the buyer may have written, and no webhook tells of it. */
  readMessages: boolean;
  /** When the order's delivery is due, in ms since the epoch; null when none is owed. */
  dueAt: number | null;
  /** Until when the payout of a completed order is waited for before a human is asked, in ms since the epoch; null when none is awaited. */
  payoutDueAt: number | null;
  /** When to look at the order again if nothing is heard of it, in ms since the epoch; null: it is finished. */
  lookAgainAt: number | null;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A status that contradicts our own write may be an old answer for this long. */
export const CONTRADICTION_PATIENCE = 10 * MINUTE;
