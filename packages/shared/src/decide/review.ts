import { type Attention, raise } from '../attention/attention.ts';
import type { Fact } from '../facts/facts.ts';
import type { Step } from '../jobs/steps.ts';
import { factsOf } from '../record/record.ts';
import { generatedOf, verdictOn } from '../record/review.ts';
import type { Round } from '../record/rounds.ts';
import { MINUTE } from './decision.ts';
import type { Situation } from './partial-decision.ts';
import { isDeclineUnsent, messageStep } from './steps/messages.ts';

/** A draft that may not be delivered yet, and what it needs. */
export interface ReviewNeeds {
  attention: Attention;
  /** The messages to the buyer during the wait. */
  steps: Step[];
  facts: Fact[];
  /** When the next change comes without any action, in ms since the epoch. Null: never. */
  changesAt: number | null;
}

/**
 * Whether an operator must review a round's output before it is published or delivered.
 * @param due when the round's delivery is due, in ms since the epoch.
 * @returns the question to the operator. Null: the round may go on.
 */
export function decideReview(
  { record, policy, now }: Situation,
  round: Round,
  due: number,
): ReviewNeeds | null {
  const generated = generatedOf(record, round);
  if (!generated?.review) return null;
  const { draft } = generated;
  const verdict = verdictOn(record, round, draft);
  if (verdict?.verdict === 'approve') return null;
  if (verdict?.verdict === 'refuse') {
    const isBuyerUninformed = isDeclineUnsent(record, round, verdict.at);
    const { by, note: detail } = verdict;
    return {
      attention: raise({
        kind: 'review',
        cause: 'draft_declined',
        round,
        draft,
        by,
        detail,
        isBuyerUninformed,
      }),
      steps: messageStep(record, policy, { kind: 'refused', round }),
      facts: [],
      changesAt: null,
    };
  }
  const { atDeadline, warnMinutes } = policy.review;
  // A late or regenerated draft is not delivered at once: the operator gets time to review it.
  const deliverAt =
    atDeadline === 'deliver' && generated.reviewReason === undefined
      ? Math.max(due, generated.at + warnMinutes * MINUTE)
      : null;
  if (deliverAt !== null && now >= deliverAt) return null;
  const warnAt = due - warnMinutes * MINUTE;
  const isUrgent = now >= warnAt;
  const minutesTo = (time: number) => Math.ceil((time - now) / MINUTE);
  const isRecorded = factsOf(record, 'review_due').some(
    (fact) => fact.round === round && fact.draft === draft,
  );
  return {
    attention: raise({
      kind: 'review',
      cause: 'review',
      round,
      draft,
      handler: generated.handler,
      reviewReason: generated.reviewReason ?? null,
      isUrgent,
      minutesToDue: minutesTo(due),
      minutesToDelivery: deliverAt === null ? null : minutesTo(deliverAt),
    }),
    steps: now >= due ? messageStep(record, policy, { kind: 'delayed', round }) : [],
    facts: isUrgent && !isRecorded ? [{ type: 'review_due', round, draft }] : [],
    changesAt: isUrgent ? deliverAt : warnAt,
  };
}
