import type { Attention, AttentionAction, Decision, Fact } from '@fulfillment/shared';
import { z } from 'zod';

/** What a form of the order page asks for: an action on one of the order's attentions. */
export const actionForm = z.object({
  action: z.enum(['retry', 'release', 'acknowledge']),
  attention: z.string().min(1).max(500),
});
export type AskedAction = z.infer<typeof actionForm>;

/** What the buttons say. */
export const ACTION_LABELS: Record<AttentionAction, string> = {
  retry: 'Retry',
  release: 'Release',
  acknowledge: 'Acknowledge',
};

/**
 * The fact that an action writes. Everything in it but the operator's name comes from the attention as it is decided now, nothing
 * from the form.
 * @returns null when the order does not wait for this action, or not any more.
 */
export function factOfAction(decision: Decision, asked: AskedAction, by: string): Fact | null {
  const attention = decision.attention.find((item) => item.key === asked.attention);
  return attention?.actions.includes(asked.action) === true ? factFor(attention, asked.action, by) : null;
}

function factFor(attention: Attention, action: AttentionAction, by: string): Fact | null {
  const { key, round, stepKey, attempt } = attention;
  switch (action) {
    case 'retry':
      return stepKey === undefined || attempt === undefined
        ? null
        : { type: 'operator_retried', stepKey, attempt, by };
    case 'release':
      return round === undefined ? null : { type: 'operator_released', round, by };
    case 'acknowledge':
      return { type: 'operator_acknowledged', attentionKey: key, by };
  }
}
