import {
  ATTENTION_ACTIONS,
  type AttentionAction,
  acknowledgement,
  answerAttention,
  type Decision,
  type Fact,
  type OrderRecord,
  releaseNumber,
} from '@fulfillment/shared';
import { z } from 'zod';
import { typedText } from './typed-text.ts';

/** The most characters of a note. */
export const NOTE_LENGTH = 4000;

/** The request of a form of the order page: an action on one of the order's attentions. */
export const actionForm = z.object({
  action: z.enum(ATTENTION_ACTIONS),
  attention: z.string().min(1).max(500),
  /**
   * For a draft: the requested change, or the reason not to deliver. For a retry or a release:
   * words to the handler.
   */
  note: typedText(NOTE_LENGTH),
  /** For an approved draft: the message to the buyer. */
  message: typedText(2000),
});
export type AskedAction = z.infer<typeof actionForm>;

/** The labels of the buttons. */
export const ACTION_LABELS: Record<AttentionAction, string> = {
  retry: 'Retry',
  retry_payout: 'Ask Atelier to retry the payout',
  release: 'Release',
  acknowledge: 'Acknowledge',
  approve: 'Approve and deliver',
  regenerate: 'Regenerate',
  refuse: 'Decline to deliver',
};

/** Whether the action lacks a required note: the requested change, or the reason not to deliver. */
export function lacksNote({ action, note }: AskedAction): boolean {
  return (action === 'regenerate' || action === 'refuse') && note === '';
}

/**
 * The fact that an action writes. Its subject comes from the attention of the current decision. The
 * form supplies only the operator's own words on a draft.
 * @returns null when the order does not wait for this action, or no longer does.
 */
export function factOfAction(
  { decision, record }: { decision: Decision; record: OrderRecord },
  asked: AskedAction,
  by: string,
): Fact | null {
  const { unread } = decision;
  if (asked.action === 'acknowledge' && unread?.key === asked.attention) return acknowledgement(unread, by);
  const attention = decision.attention.find((item) => item.key === asked.attention);
  const fact = attention === undefined ? null : answerAttention(attention, asked, by);
  return fact && numbered(fact, record);
}

/** The fact, with its number if it is a release like an earlier one that was taken back. */
export function numbered(fact: Fact, record: OrderRecord): Fact {
  return fact.type === 'operator_released' ? { ...fact, ...releaseNumber(record, fact) } : fact;
}
