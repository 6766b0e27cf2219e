import { type Attention, raise } from '../../attention/attention.ts';
import type { DetailsOf } from '../../attention/details.ts';
import type { Step } from '../../jobs/steps.ts';
import type { OrderSnapshot } from '../../order/order.ts';
import { isMessageOn } from '../../policy/messages.ts';
import { feedbackFor } from '../../record/feedback.ts';
import type { OrderRecord } from '../../record/record.ts';
import { factOf, factsOf, threadRefusals } from '../../record/record.ts';
import { generatedOf } from '../../record/review.ts';
import { type Round, revisionOf } from '../../record/rounds.ts';
import { HOUR, type OrderStage, SECOND } from '../decision.ts';
import type { Situation } from '../partial-decision.ts';
import { DENIAL_PATIENCE, READ_PATIENCE } from '../reading/failed-reads.ts';
import { dropReason, isReleased, messageStep, sentAt } from './messages.ts';
import { decideRoundWork } from './round-work.ts';

interface RevisionNeeds {
  stage: OrderStage;
  steps: Step[];
  attention: Attention[];
  readThread?: Round;
  lookAgainAt?: number;
}

/** A buyer asks for a revision: work on it, or first find out what should change. */
export function decideRevision(situation: Situation, round: Round): RevisionNeeds {
  const { record, order, policy, now } = situation;
  const isBeyond = policy.beyondMaxRevisions === 'hold' && revisionOf(round) > order.maxRevisions;
  if (isBeyond && !isReleased(record, round, 'beyond_max_revisions')) {
    const { maxRevisions } = order;
    return held(raise({ kind: 'held_round', cause: 'beyond_max_revisions', round, maxRevisions }));
  }
  const work = decideRoundWork(record, policy, round);
  if (isReleased(record, round, 'no_feedback')) return work;
  if (feedbackFor(record, round) !== null || policy.revisionWithoutFeedback === 'fulfil') return work;
  // The output was generated with the feedback, which Redis lost since.
  const isGenerated = generatedOf(record, round) !== undefined;
  if (isGenerated && work.steps.every(({ name }) => name !== 'generate')) return work;
  const seenAt = firstSeen(record, order);
  const askAt = seenAt + policy.feedbackGraceSeconds * SECOND;
  if (now < askAt) return { stage: 'asking_buyer', steps: [], attention: [], lookAgainAt: askAt };
  return policy.revisionWithoutFeedback === 'hold' || !isMessageOn(policy, 'ask_feedback')
    ? held(noFeedback(round, 'not_received'))
    : asking(situation, round);
}

function asking({ record, policy, now }: Situation, round: Round): RevisionNeeds {
  if (factOf(record, 'thread_too_long', round)) {
    return held(noFeedback(round, 'thread_too_long'));
  }
  const dropped = dropReason(record, 'ask_feedback', round);
  if (dropped !== null) return held(noFeedback(round, 'not_asked', dropped));
  const sent = sentAt(record, 'ask_feedback', round);
  if (sent === null) {
    return {
      stage: 'asking_buyer',
      steps: messageStep(record, policy, { kind: 'ask_feedback', round }),
      attention: [],
    };
  }
  const waited = now - sent;
  return {
    stage: 'asking_buyer',
    steps: [],
    attention: raiseUnanswered(record, round, { waited, now }),
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
function raiseUnanswered(
  record: OrderRecord,
  round: Round,
  { waited, now }: { waited: number; now: number },
): Attention[] {
  const unreadable = threadRefusals(record, round).ongoing;
  const patience = unreadable?.isRefusal === false ? READ_PATIENCE : DENIAL_PATIENCE;
  if (unreadable && now >= unreadable.at + patience) {
    return [noFeedback(round, 'thread_unreadable', unreadable.reason)];
  }
  return waited < ANSWER_PATIENCE ? [] : [noFeedback(round, 'not_answered')];
}

function noFeedback(
  round: Round,
  obstacle: DetailsOf<'no_feedback'>['obstacle'],
  detail: string | null = null,
): Attention {
  return raise({ kind: 'held_round', cause: 'no_feedback', round, obstacle, detail });
}

function held(attention: Attention): RevisionNeeds {
  return { stage: 'held', steps: [], attention: [attention] };
}

function firstSeen(record: OrderRecord, order: OrderSnapshot): number {
  const seen = factsOf(record, 'seen').find(
    (fact) => fact.status === 'revision_requested' && fact.revisionCount === order.revisionCount,
  );
  // Polls renew the snapshot's time, but not that of the first fact.
  return seen?.at ?? record.facts[0]?.at ?? record.observedAt;
}
