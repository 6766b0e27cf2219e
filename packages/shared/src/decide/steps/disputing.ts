import type { Policy } from '../../policy/policy.ts';
import type { OrderRecord } from '../../record/record.ts';
import { disputeReason } from '../../record/record.ts';
import type { Round } from '../../record/rounds.ts';
import type { Attention } from '../decision.ts';
import { fulfilling } from './fulfilling.ts';
import { isReleased, messageStep } from './messaging.ts';

/** A dispute: the buyer gets an answer, and a human decides, unless the policy does. */
export function disputed(record: OrderRecord, policy: Policy, round: Round): ReturnType<typeof fulfilling> {
  const message = messageStep(record, policy, 'dispute_received', round);
  if (policy.dispute === 'redeliver' || isReleased(record, round)) {
    const work = fulfilling(record, policy, round);
    return { ...work, steps: [...message, ...work.steps] };
  }
  const reason = disputeReason(record);
  const told = reason === null ? 'their reason did not reach us' : `they say "${reason}"`;
  const attention: Attention = {
    key: `disputed:${round}`,
    reason: `The buyer disputes the order; ${told}. Release it to generate and deliver once more, or settle it on Atelier.`,
    actions: ['release', 'acknowledge'],
    round,
  };
  return { stage: 'held', steps: message, attention: [attention] };
}
