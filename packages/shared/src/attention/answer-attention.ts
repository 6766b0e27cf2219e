import type { Fact } from '../facts/facts.ts';
import type { Attention } from './attention.ts';
import type { AttentionAction } from './attention-actions.ts';

/** An operator's action on an attention, with the operator's own words. */
export interface AttentionAnswer {
  action: AttentionAction;
  /**
   * For a draft: the requested change, or the reason not to deliver. For a retry or a release:
   * words to the handler. Empty: none.
   */
  note: string;
  /** Replaces the usual message to the buyer. Empty: the usual message. */
  message: string;
  /** The id of the operator's upload, which becomes the output in place of a handler's. */
  byHand?: string;
}

/**
 * The fact that an action on an attention writes.
 * @param by the operator's name.
 * @returns null when the attention does not offer the action.
 */
export function answerAttention(
  attention: Attention,
  { action, note, message, byHand }: AttentionAnswer,
  by: string,
): Fact | null {
  if (!attention.actions.includes(action)) return null;
  const files = byHand === undefined ? {} : { byHand };
  const words = note === '' ? {} : { note };
  switch (action) {
    case 'retry': {
      if (!('stepKey' in attention)) return null;
      const { stepKey, attempt } = attention;
      return { type: 'operator_retried', stepKey, attempt, ...files, ...words, by };
    }
    case 'retry_payout':
      if (attention.kind !== 'payout' || attention.cause === 'payout_failed_early') return null;
      return { type: 'payout_retry_asked', index: attention.attempt, by };
    case 'release': {
      if (!('round' in attention)) return null;
      const { round, key: attentionKey } = attention;
      return { type: 'operator_released', round, attentionKey, ...files, ...words, by };
    }
    case 'acknowledge':
      return acknowledgement(attention, by);
    case 'approve':
    case 'regenerate':
    case 'refuse': {
      if (attention.kind !== 'review') return null;
      const { round, draft } = attention;
      const toBuyer = message === '' ? null : message;
      return { type: 'reviewed', round, draft, verdict: action, note, message: toBuyer, ...files, by };
    }
  }
}

/**
 * The fact that an operator took note of something.
 * @param noted an attention, or the unread messages of an order (see `Unread`).
 */
export function acknowledgement(noted: { key: string; readUntil?: number }, by: string): Fact {
  const { key, readUntil } = noted;
  const read = readUntil === undefined ? {} : { readUntil };
  return { type: 'operator_acknowledged', attentionKey: key, ...read, by };
}
