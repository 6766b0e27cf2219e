import { raise } from '../../attention/attention.ts';
import type { Policy } from '../../policy/policy.ts';
import type { OrderRecord } from '../../record/record.ts';
import { disputeReason } from '../../record/record.ts';
import type { Round } from '../../record/rounds.ts';
import { isReleased, messageStep } from './messages.ts';
import { decideRoundWork } from './round-work.ts';

/** A dispute: the buyer gets an answer, and a human decides, unless the policy does. */
export function decideDispute(
  record: OrderRecord,
  policy: Policy,
  round: Round,
): ReturnType<typeof decideRoundWork> {
  const message = messageStep(record, policy, { kind: 'dispute_received', round });
  if (policy.dispute === 'redeliver' || isReleased(record, round, 'disputed')) {
    const work = decideRoundWork(record, policy, round);
    return { ...work, steps: [...message, ...work.steps] };
  }
  const attention = raise({ kind: 'dispute', cause: 'disputed', round, detail: disputeReason(record) });
  return { stage: 'held', steps: message, attention: [attention] };
}
