import { raise } from '../../attention/attention.ts';
import { overwrittenFact } from '../../order/overwritten.ts';
import { factOf } from '../../record/record.ts';
import { answersDispute, owedRound, type Round, revisionOf } from '../../record/rounds.ts';
import { CONTRADICTION_PATIENCE, type Decision, MINUTE, SECOND } from '../decision.ts';
import { dueAt } from '../due.ts';
import { raiseLateSteps } from '../late-steps.ts';
import { earliest, emptyDecision, type PartialDecision, type Situation } from '../partial-decision.ts';
import { raiseExpiredQuote } from '../quote-expiry.ts';
import { decideReview, type ReviewNeeds } from '../review.ts';
import { decideDispute } from './dispute.ts';
import { isReleased, messageStep } from './messages.ts';
import { decideRedelivery } from './redelivery.ts';
import { decideRevision } from './revision.ts';
import { decideRoundWork } from './round-work.ts';

/**
 * The stages in which the buyer waits for our work. In the other stages the order waits for a human
 * or the buyer.
 */
const IN_WORK: readonly Decision['stage'][] = ['generating', 'publishing', 'delivering'];

/** The needs of an order that waits for our delivery. */
export function decideOwedRound(situation: Situation): PartialDecision {
  const { record, policy, now } = situation;
  const round = owedRound(situation.order) ?? '0';
  const due = dueAt(situation, round);
  const base = {
    ...emptyDecision('generating'),
    round,
    dueAt: due,
    lookAgainAt: now + policy.workLookSeconds * SECOND,
  };

  const delivered = factOf(record, 'delivered', round);
  if (delivered) {
    const overwritten = overwrittenFact(record);
    const facts = overwritten === null ? [] : [overwritten];
    const again = decideRedelivery(record, round, { policy, due, now });
    return { ...(again ? { ...base, ...again } : contradicted(base, situation, delivered.at)), facts };
  }

  const work = { ...base, ...workOn(situation, round) };
  const review = decideReview(situation, round, due);
  if (review !== null) return held(work, review, { due, now });
  const late =
    now >= due && IN_WORK.includes(work.stage) ? messageStep(record, policy, { kind: 'delayed', round }) : [];
  const attention = [...work.attention, ...raiseLateSteps(record, work.steps, { due, now })];
  const lookAgainAt = earliest(now, work.lookAgainAt, due);
  return { ...work, attention, steps: [...work.steps, ...late], lookAgainAt };
}

/** A draft that waits for its review. Only messages are sent meanwhile. */
function held(
  work: PartialDecision,
  { attention, steps, facts, changesAt }: ReviewNeeds,
  { due, now }: { due: number; now: number },
): PartialDecision {
  return {
    ...work,
    stage: 'held',
    steps: [...work.steps.filter(({ name }) => name === 'send'), ...steps],
    attention: [...work.attention, attention],
    facts,
    lookAgainAt: earliest(now, work.lookAgainAt, due, changesAt),
  };
}

function workOn(
  situation: Situation,
  round: Round,
): Partial<PartialDecision> & Pick<PartialDecision, 'steps' | 'attention'> {
  const { record, order, policy } = situation;
  if (answersDispute(round)) return decideDispute(record, policy, round);
  if (revisionOf(round) > 0) return decideRevision(situation, round);
  const expired = raiseExpiredQuote(record);
  if (expired !== null) return { stage: 'held', steps: [], attention: [expired] };
  if (!order.hasBrief && !isReleased(record, round, 'no_brief')) {
    const attention = raise({ kind: 'held_round', cause: 'no_brief', round });
    return { stage: 'held', steps: [], attention: [attention] };
  }
  return decideRoundWork(record, policy, round);
}

/**
 * The marketplace waits for a round that we delivered. At first the answer may be an old one. If
 * the contradiction lasts, a human decides.
 */
function contradicted(
  base: PartialDecision & { round: Round },
  { order, now }: Situation,
  deliveredAt: number,
): PartialDecision {
  const isOld = order.status !== 'disputed' && now < deliveredAt + CONTRADICTION_PATIENCE;
  if (isOld) return { ...base, stage: 'in_review', dueAt: null, lookAgainAt: now + MINUTE };
  const { rawStatus } = order;
  const attention = raise(
    order.status === 'disputed'
      ? { kind: 'status', cause: 'disputed_again', round: base.round }
      : { kind: 'status', cause: 'delivery_contradicted', round: base.round, rawStatus },
  );
  return { ...base, stage: 'held', dueAt: null, attention: [attention] };
}
