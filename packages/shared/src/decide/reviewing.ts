import type { Fact, FactOf } from '../facts/facts.ts';
import type { Step } from '../jobs/steps.ts';
import { factsOf } from '../record/record.ts';
import { generatedOf, verdictOn } from '../record/review.ts';
import type { Round } from '../record/rounds.ts';
import { roundName, sentenceStart } from '../text/labels.ts';
import { type Attention, MINUTE } from './decision.ts';
import type { Situation } from './partial-decision.ts';
import { messageStep, refusalUntold } from './steps/messaging.ts';

/** A draft that may not be delivered yet, and what it needs. */
export interface Reviewing {
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
export function reviewing({ record, policy, now }: Situation, round: Round, due: number): Reviewing | null {
  const made = generatedOf(record, round);
  if (!made?.review) return null;
  const { draft } = made;
  const verdict = verdictOn(record, round, draft);
  if (verdict?.verdict === 'approve') return null;
  if (verdict?.verdict === 'refuse') {
    const reason = `${verdict.by} declines to deliver ${roundName(round)}: ${verdict.note}\nSettle it with the buyer on Atelier, or regenerate.${refusalUntold(record, round, verdict.at)}`;
    return {
      attention: {
        key: `refused:${round}:${draft}`,
        reason,
        actions: ['regenerate', 'approve'],
        round,
        draft,
      },
      steps: messageStep(record, policy, 'refused', round),
      facts: [],
      changesAt: null,
    };
  }
  const { atDeadline, warnMinutes } = policy.review;
  // A late or regenerated draft is not delivered at once: the operator gets time to review it.
  const deliverAt =
    atDeadline === 'deliver' && made.reviewReason === undefined
      ? Math.max(due, made.at + warnMinutes * MINUTE)
      : null;
  if (deliverAt !== null && now >= deliverAt) return null;
  const warnAt = due - warnMinutes * MINUTE;
  const isUrgent = now >= warnAt;
  const isTold = factsOf(record, 'review_due').some((fact) => fact.round === round && fact.draft === draft);
  return {
    attention: {
      key: `review:${round}:${draft}`,
      reason: `${whyReviewed(made, round)}${isUrgent ? timeLeft(due, deliverAt, now) : ''}`,
      actions: ['approve', 'regenerate', 'refuse'],
      round,
      draft,
      isUrgent,
    },
    steps: now >= due ? messageStep(record, policy, 'delayed', round) : [],
    facts: isUrgent && !isTold ? [{ type: 'review_due', round, draft }] : [],
    changesAt: isUrgent ? deliverAt : warnAt,
  };
}

function whyReviewed({ handler, reviewReason }: FactOf<'generated'>, round: Round): string {
  return reviewReason === undefined
    ? `Handler "${handler}" made ${roundName(round)}, and asks you to look at it before it is delivered.`
    : `${sentenceStart(roundName(round))} by handler "${handler}" must be reviewed before delivery: ${reviewReason}.`;
}

function timeLeft(due: number, deliverAt: number | null, now: number): string {
  const minutesTo = (time: number) => Math.ceil((time - now) / MINUTE);
  const time = now >= due ? ' It is overdue.' : ` It is due in less than ${minutesTo(due)} minutes.`;
  const after =
    deliverAt === null
      ? 'It is not delivered without you.'
      : `It is delivered as it is in ${minutesTo(deliverAt)} minutes.`;
  return `${time} ${after}`;
}
