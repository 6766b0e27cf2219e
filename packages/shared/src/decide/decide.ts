import { type Step, sameStep } from '../jobs/steps.ts';
import type { OrderSnapshot } from '../order/order.ts';
import { overwrittenFact } from '../order/overwritten.ts';
import type { Policy } from '../policy/policy.ts';
import type { OrderRecord } from '../record/record.ts';
import { factOf, factsOf, isNotOurs } from '../record/record.ts';
import { answersDispute, owedRound, type Round } from '../record/rounds.ts';
import { statusNow } from '../record/status-now.ts';
import { type Attention, CONTRADICTION_PATIENCE, type Decision, MINUTE, SECOND } from './decision.ts';
import { dueAt, quoteDueAt } from './due.ts';
import { expiredQuote } from './expiry.ts';
import { readingTrouble } from './failures.ts';
import { heldUp } from './held-up.ts';
import { lateByLimits } from './limited.ts';
import { mustReadAgain, offerLook, QUOTED_LOOK, reviewLook } from './rereading.ts';
import { type Reviewing, reviewing } from './reviewing.ts';
import { choosingHandler } from './serving.ts';
import { disputed } from './steps/disputing.ts';
import { fulfilling } from './steps/fulfilling.ts';
import { deliveryMessage, isReleased, messageStep } from './steps/messaging.ts';
import { quoting } from './steps/quoting.ts';
import { confirmDeliveryAt, redelivering } from './steps/redelivering.ts';
import { revising } from './steps/revising.ts';
import { neverDelivered, payoutFailedEarly, settling } from './steps/settling.ts';
import { unreadAttention, unreadMessages } from './unread.ts';

const NO_BRIEF = 'no_brief';

/** The stages in which the buyer waits for our work, and not for an answer of a human or of their own. */
const IN_WORK: readonly Decision['stage'][] = ['generating', 'publishing', 'delivering'];

type Draft = Omit<Decision, 'readOrder' | 'attention' | 'unread'> & { attention: Attention[] };

/**
 * What an order needs next. Pure: no I/O, no clock, no randomness; the same record, policy and time give the same answer.
 * Asking twice is harmless, and a step whose fact is in the record is never asked for again.
 * @param now by Redis' clock, in ms since the epoch.
 */
export function decide(record: OrderRecord, policy: Policy, now: number): Decision {
  const trouble = readingTrouble(record, now);
  const isRefused = trouble.some(({ actions }) => actions.includes('retry'));
  const unread = unreadMessages(record);
  if (isNotOurs(record)) return { ...draft('not_ours'), unread, readOrder: false };
  const payout = payoutFailedEarly(record, record.snapshot).filter((item) => !isAcknowledged(record, item));
  if (record.snapshot === null) {
    return {
      ...draft('unseen'),
      attention: [...trouble.filter((item) => !isAcknowledged(record, item)), ...payout],
      unread,
      readOrder: !isRefused,
      lookAgainAt: now + policy.workLookSeconds * SECOND,
    };
  }
  const { status, raw } = statusNow(record) ?? {
    status: record.snapshot.status,
    raw: record.snapshot.rawStatus,
  };
  const order = { ...record.snapshot, status, rawStatus: raw };
  const drafted = withKnownService(record, byStatus(record, order, policy, now), now);
  const waits = heldUp(record, drafted.steps, now);
  const holding = [...drafted.attention, ...trouble, ...waits].filter(
    (item) => !isAcknowledged(record, item),
  );
  const attention = [...holding, ...payout, ...unreadAttention(unread, order, policy)];
  const lookAgainAt = attention.length > 0 ? (drafted.lookAgainAt ?? now + QUOTED_LOOK) : drafted.lookAgainAt;
  return {
    ...drafted,
    attention,
    unread,
    stage:
      holding.length > 0 && drafted.steps.length === 0 && drafted.lookAgainAt !== null
        ? 'held'
        : drafted.stage,
    readOrder: !isRefused && mustReadAgain(record, order, policy, now, lookAgainAt === null),
    lookAgainAt,
  };
}

/** Whether the order still needs this very step: what a worker asks before it starts, and while it works. */
export function isWanted(record: OrderRecord, policy: Policy, step: Step, now: number): boolean {
  return decide(record, policy, now).steps.some((wanted) => sameStep(wanted, step));
}

/** A step that calls a handler waits until the order's service is known. */
function withKnownService(record: OrderRecord, drafted: Draft, now: number): Draft {
  const missing = choosingHandler(record, drafted.steps, now);
  if (missing === null) return drafted;
  return {
    ...drafted,
    stage: missing.isHeld ? 'awaiting_service' : drafted.stage,
    steps: missing.steps,
    attention: [...drafted.attention, ...missing.attention],
    readService: missing.readService,
    lookAgainAt: earliest(now, drafted.lookAgainAt, missing.lookAgainAt),
  };
}

function byStatus(record: OrderRecord, order: OrderSnapshot, policy: Policy, now: number): Draft {
  switch (order.status) {
    case 'pending_quote':
      return {
        ...draft('pricing'),
        lookAgainAt: now + policy.workLookSeconds * SECOND,
        ...quoting(record, { due: quoteDueAt(record, order, policy), now }),
      };
    case 'quoted':
    case 'accepted':
      return { ...draft('awaiting_payment'), lookAgainAt: now + offerLook(order, now, QUOTED_LOOK) };
    case 'paid':
    case 'in_progress':
    case 'revision_requested':
    case 'disputed':
      return owing(record, order, policy, now);
    case 'delivered':
      if (isUndelivered(record, order)) return owing(record, order, policy, now);
      return {
        ...draft('in_review'),
        round: factsOf(record, 'delivered').at(-1)?.round ?? null,
        steps: deliveryMessage(record, policy),
        lookAgainAt: earliest(now, reviewLook(order, policy, now), confirmDeliveryAt(record, policy)),
      };
    case 'completed':
      return completed(record, order, now);
    case 'cancelled':
      return draft('cancelled');
    case 'unknown':
      return {
        ...draft('held'),
        attention: [
          {
            key: `unknown_status:${order.rawStatus}`,
            reason: `The marketplace shows the status "${order.rawStatus}", which this version does not know. Look at the order on Atelier.`,
            actions: ['acknowledge'],
          },
        ],
        lookAgainAt: now + CONTRADICTION_PATIENCE,
      };
  }
}

function completed(record: OrderRecord, order: OrderSnapshot, now: number): Draft {
  const settled = settling(record, order, now);
  const attention = [...settled.attention, ...neverDelivered(record, order)];
  return { ...draft('completed'), ...settled, attention };
}

/** The order waits for its first delivery, although its status says that it has one. */
function isUndelivered(record: OrderRecord, order: OrderSnapshot): boolean {
  return owedRound(order) !== null && factsOf(record, 'delivered').length === 0;
}

/** A delivery is owed. */
function owing(record: OrderRecord, order: OrderSnapshot, policy: Policy, now: number): Draft {
  const round = owedRound(order) ?? '0';
  const due = dueAt(record, order, policy, round);
  const base = {
    ...draft('generating'),
    round,
    dueAt: due,
    lookAgainAt: now + policy.workLookSeconds * SECOND,
  };

  const delivered = factOf(record, 'delivered', round);
  if (delivered) {
    const overwritten = overwrittenFact(record);
    const facts = overwritten === null ? [] : [overwritten];
    const again = redelivering(record, round, { policy, due, now });
    return { ...(again ? { ...base, ...again } : contradicted(base, order, delivered.at, now)), facts };
  }

  const work = { ...base, ...workOn(record, order, policy, round, now) };
  const review = reviewing(record, policy, round, due, now);
  if (review !== null) return held(work, review, due, now);
  const late =
    now >= due && IN_WORK.includes(work.stage) ? messageStep(record, policy, 'delayed', round) : [];
  const attention = [...work.attention, ...lateByLimits(record, work.steps, { due, now })];
  const lookAgainAt = earliest(now, work.lookAgainAt, due);
  return { ...work, attention, steps: [...work.steps, ...late], lookAgainAt };
}

/** A draft that is to be looked at: nothing but messages goes on. */
function held(
  work: Draft,
  { attention, steps, facts, changesAt }: Reviewing,
  due: number,
  now: number,
): Draft {
  return {
    ...work,
    stage: 'held',
    steps: [...work.steps.filter(({ name }) => name === 'send'), ...steps],
    attention: [...work.attention, attention],
    facts,
    lookAgainAt: earliest(now, work.lookAgainAt, due, changesAt),
  };
}

/** The earliest of these times that is yet to come. */
function earliest(now: number, ...times: (number | null)[]): number | null {
  const coming = times.flatMap((time) => (time !== null && time > now ? [time] : []));
  return coming.length > 0 ? Math.min(...coming) : null;
}

function workOn(
  record: OrderRecord,
  order: OrderSnapshot,
  policy: Policy,
  round: Round,
  now: number,
): Partial<Draft> & Pick<Draft, 'steps' | 'attention'> {
  if (answersDispute(round)) return disputed(record, policy, round);
  if (order.status === 'revision_requested') return revising(record, order, policy, round, now);
  const expired = expiredQuote(record);
  if (expired !== null) return { stage: 'held', steps: [], attention: [expired] };
  if (order.problems.includes('brief is missing') && !isReleased(record, round, NO_BRIEF)) {
    const reason = 'The order has no brief. Release it to generate without one.';
    return {
      stage: 'held',
      steps: [],
      attention: [{ key: NO_BRIEF, reason, actions: ['release'], round }],
    };
  }
  return fulfilling(record, policy, round);
}

/** The marketplace waits for a round that we delivered: an old answer at first, a case for a human if it stays so. */
function contradicted(base: Draft, order: OrderSnapshot, deliveredAt: number, now: number): Draft {
  const isOld = order.status !== 'disputed' && now < deliveredAt + CONTRADICTION_PATIENCE;
  if (isOld) return { ...base, stage: 'in_review', dueAt: null, lookAgainAt: now + MINUTE };
  const reason =
    order.status === 'disputed'
      ? 'The buyer disputes the order again after we delivered once more. Settle it on Atelier.'
      : `We delivered round ${base.round}, yet the marketplace shows "${order.rawStatus}". Look at the order on Atelier.`;
  const attention: Attention = { key: `contradicted:${base.round}`, reason, actions: ['acknowledge'] };
  return { ...base, stage: 'held', dueAt: null, attention: [attention] };
}

function isAcknowledged(record: OrderRecord, attention: Attention): boolean {
  return (
    attention.actions.includes('acknowledge') &&
    factsOf(record, 'operator_acknowledged').some((fact) => fact.attentionKey === attention.key)
  );
}

/** A decision to start from: nothing missing, nothing more expected. */
function draft(stage: Decision['stage']): Draft {
  return {
    stage,
    round: null,
    steps: [],
    attention: [],
    facts: [],
    readService: null,
    readThread: null,
    dueAt: null,
    payoutDueAt: null,
    lookAgainAt: null,
  };
}
