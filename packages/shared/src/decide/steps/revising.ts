import type { Step } from '../../jobs/steps.ts';
import type { OrderSnapshot } from '../../order/order.ts';
import { isMessageOn } from '../../policy/messages.ts';
import { feedbackFor } from '../../record/feedback.ts';
import type { OrderRecord } from '../../record/record.ts';
import { factOf, factsOf, threadRefusals } from '../../record/record.ts';
import { type Round, revisionOf } from '../../record/rounds.ts';
import { type Attention, HOUR, SECOND, type Stage } from '../decision.ts';
import { READ_PATIENCE, REFUSAL_PATIENCE } from '../failures.ts';
import type { Situation } from '../partial-decision.ts';
import { fulfilling } from './fulfilling.ts';
import { dropReason, isReleased, messageStep, sentAt } from './messaging.ts';

interface Revising {
  stage: Stage;
  steps: Step[];
  attention: Attention[];
  readThread?: Round;
  lookAgainAt?: number;
}

/** A buyer asks for a revision: work on it, or first find out what should change. */
export function revising(situation: Situation, round: Round): Revising {
  const { record, order, policy, now } = situation;
  if (isReleased(record, round)) return fulfilling(record, policy, round);
  if (policy.beyondMaxRevisions === 'hold' && revisionOf(round) > order.maxRevisions) {
    const reason = `Revision ${revisionOf(round)} is beyond the ${order.maxRevisions} included in the price. Release it, or answer the buyer.`;
    return held({ key: `beyond_max_revisions:${round}`, reason, actions: ['release', 'acknowledge'], round });
  }
  if (feedbackFor(record, round) !== null || policy.revisionWithoutFeedback === 'fulfil') {
    return fulfilling(record, policy, round);
  }
  const seenAt = firstSeen(record, order);
  const askAt = seenAt + policy.feedbackGraceSeconds * SECOND;
  if (now < askAt) return { stage: 'asking_buyer', steps: [], attention: [], lookAgainAt: askAt };
  return policy.revisionWithoutFeedback === 'hold' || !isMessageOn(policy, 'ask_feedback')
    ? held(noFeedback(round, 'No feedback reached us.'))
    : asking(situation, round);
}

function asking({ record, policy, now }: Situation, round: Round): Revising {
  if (factOf(record, 'thread_too_long', round)) {
    return held(
      noFeedback(round, 'The thread is longer than the marketplace shows, so an answer cannot be read.'),
    );
  }
  const dropped = dropReason(record, 'ask_feedback', round);
  if (dropped !== null) return held(noFeedback(round, `The buyer could not be asked: ${dropped}.`));
  const sent = sentAt(record, 'ask_feedback', round);
  if (sent === null) {
    return {
      stage: 'asking_buyer',
      steps: messageStep(record, policy, 'ask_feedback', round),
      attention: [],
    };
  }
  const waited = now - sent;
  return {
    stage: 'asking_buyer',
    steps: [],
    attention: unanswered(record, round, waited, now),
    readThread: round,
    lookAgainAt: now + Math.max(policy.answerLookSeconds * SECOND, Math.min(waited / 10, LONGEST_LOOK)),
  };
}

/**
 * The thread is read less and less often while the buyer is silent, because an order may wait for
 * months.
 */
const LONGEST_LOOK = 6 * HOUR;
/** After this long without an answer, the operator is asked. */
const ANSWER_PATIENCE = 7 * 24 * HOUR;

/**
 * Raises an attention when the answer cannot be read, or has not come for long. Reads of the thread
 * go on.
 */
function unanswered(record: OrderRecord, round: Round, waited: number, now: number): Attention[] {
  const unreadable = threadRefusals(record, round).ongoing;
  const patience = unreadable?.isRefusal === false ? READ_PATIENCE : REFUSAL_PATIENCE;
  if (unreadable && now >= unreadable.at + patience) {
    return [noFeedback(round, `The thread cannot be read from the marketplace: ${unreadable.reason}`)];
  }
  return waited < ANSWER_PATIENCE
    ? []
    : [noFeedback(round, 'They have not answered our question for a week.')];
}

function noFeedback(round: Round, why: string): Attention {
  return {
    key: `no_feedback:${round}`,
    reason: `The buyer asked for revision ${revisionOf(round)}. ${why} Release it to work from the brief alone.`,
    actions: ['release'],
    round,
  };
}

function held(attention: Attention): Revising {
  return { stage: 'held', steps: [], attention: [attention] };
}

function firstSeen(record: OrderRecord, order: OrderSnapshot): number {
  const seen = factsOf(record, 'seen').find(
    (fact) => fact.status === 'revision_requested' && fact.revisionCount === order.revisionCount,
  );
  // Polls renew the snapshot's time, but not that of the first fact.
  return seen?.at ?? record.facts[0]?.at ?? record.observedAt;
}
