import {
  ATTENTION_ACTIONS,
  type Attention,
  type AttentionAction,
  type Decision,
  type Fact,
} from '@fulfillment/shared';
import { z } from 'zod';

/**
 * A browser sends line breaks as CR LF. The buyer receives LF, as the operator typed the text, and
 * the length limits count LF.
 */
const typedText = (longest: number) =>
  z
    .string()
    .transform((given) => given.replaceAll('\r\n', '\n').trim())
    .pipe(z.string().max(longest))
    .default('');

/** The request of a form of the order page: an action on one of the order's attentions. */
export const actionForm = z.object({
  action: z.enum(ATTENTION_ACTIONS),
  attention: z.string().min(1).max(500),
  /** For a draft: the requested change, or the reason not to deliver. */
  note: typedText(4000),
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
export function factOfAction(decision: Decision, asked: AskedAction, by: string): Fact | null {
  const { unread } = decision;
  if (asked.action === 'acknowledge' && unread?.key === asked.attention)
    return { type: 'operator_acknowledged', attentionKey: unread.key, by };
  const attention = decision.attention.find((item) => item.key === asked.attention);
  return attention?.actions.includes(asked.action) === true ? factFor(attention, asked, by) : null;
}

function factFor(attention: Attention, { action, note, message }: AskedAction, by: string): Fact | null {
  const { key, round, stepKey, attempt, draft } = attention;
  switch (action) {
    case 'retry':
      return stepKey === undefined || attempt === undefined
        ? null
        : { type: 'operator_retried', stepKey, attempt, by };
    case 'retry_payout':
      return attempt === undefined ? null : { type: 'payout_retry_asked', index: attempt, by };
    case 'release':
      return round === undefined ? null : { type: 'operator_released', round, attentionKey: key, by };
    case 'acknowledge':
      return { type: 'operator_acknowledged', attentionKey: key, by };
    case 'approve':
    case 'regenerate':
    case 'refuse':
      return round === undefined || draft === undefined
        ? null
        : {
            type: 'reviewed',
            round,
            draft,
            verdict: action,
            note,
            message: message === '' ? null : message,
            by,
          };
  }
}
