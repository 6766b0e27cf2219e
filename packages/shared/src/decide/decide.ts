import type { Attention } from '../attention/attention.ts';
import { canBeAcknowledged } from '../attention/attention-actions.ts';
import { type Step, sameStep } from '../jobs/steps.ts';
import type { OrderSnapshot } from '../order/order.ts';
import type { Policy } from '../policy/policy.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf, isNotOurs } from '../record/record.ts';
import { statusNow } from '../record/status-now.ts';
import { decideByStatus } from './by-status.ts';
import { type Decision, SECOND, type Unread } from './decision.ts';
import { quoteDueAt } from './due.ts';
import { raiseHoldUps } from './hold-ups.ts';
import { earliest, emptyDecision, type PartialDecision, type Situation } from './partial-decision.ts';
import { raiseFailedReads } from './reading/failed-reads.ts';
import { nextReadAt, QUOTED_LOOK } from './reading/next-read.ts';
import { hasMessagesToRead } from './reading/thread-read.ts';
import { holdForService } from './service.ts';
import { raiseEarlyPayoutFailure } from './steps/payout.ts';
import { replyStep } from './steps/replies.ts';
import { findUnread, raiseUnread } from './unread.ts';

/**
 * Decides what an order needs next. The function is pure: no I/O, no clock, no randomness. The same
 * record, policy and time give the same answer. A repeated call does no harm, and a step whose fact
 * is in the record is never asked for again.
 * @param now by Redis' clock, in ms since the epoch.
 */
export function decide(record: OrderRecord, policy: Policy, now: number): Decision {
  const { snapshot } = record;
  const unread = findUnread(record);
  const needs = isNotOurs(record)
    ? { ...emptyDecision('not_ours'), nextReadAt: null, readMessages: false }
    : snapshot === null
      ? decideUnseen(record, policy, now)
      : decideSeen({ record, order: withCurrentStatus(record, snapshot), policy, now }, unread);
  return {
    ...needs,
    unread,
    readOrder: needs.nextReadAt !== null && needs.nextReadAt <= now,
    stepsDueAt: needs.dueAt ?? quoteDueAt(record, snapshot, policy),
    canStart: true,
  };
}

/** The needs of an order, before `decide` adds what follows from them. */
type Needs = PartialDecision & Pick<Decision, 'nextReadAt' | 'readMessages'>;

/** An order that no answer of the marketplace has shown yet. */
function decideUnseen(record: OrderRecord, policy: Policy, now: number): Needs {
  const attention = [...raiseFailedReads(record, now), ...raiseEarlyPayoutFailure(record, null)];
  return {
    ...emptyDecision('unseen'),
    attention: attention.filter((item) => !isAcknowledged(record, item)),
    nextReadAt: now,
    readMessages: false,
    lookAgainAt: now + policy.workLookSeconds * SECOND,
  };
}

function decideSeen(situation: Situation, unread: Unread | null): Needs {
  const { record, order, policy, now } = situation;
  const work = withKnownService(record, decideByStatus(situation), now);
  const partial = withReply(situation, work);
  const waits = raiseHoldUps(record, partial.steps, now);
  const isOpen = (item: Attention) => !isAcknowledged(record, item);
  const holding = [...partial.attention, ...raiseFailedReads(record, now), ...waits].filter(isOpen);
  const payout = raiseEarlyPayoutFailure(record, record.snapshot).filter(isOpen);
  const attention = [...holding, ...payout, ...raiseUnread(unread, order, policy)];
  const lookAgainAt = attention.length > 0 ? (partial.lookAgainAt ?? now + QUOTED_LOOK) : partial.lookAgainAt;
  const isHeld = holding.length > 0 && work.steps.length === 0 && work.lookAgainAt !== null;
  return {
    ...partial,
    stage: isHeld ? 'held' : partial.stage,
    attention,
    nextReadAt: nextReadAt(situation, lookAgainAt === null),
    readMessages: hasMessagesToRead(record, order, now),
    lookAgainAt,
  };
}

function withCurrentStatus(record: OrderRecord, snapshot: OrderSnapshot): OrderSnapshot {
  const current = statusNow(record);
  return current === null ? snapshot : { ...snapshot, status: current.status, rawStatus: current.raw };
}

/**
 * Whether the order still needs this very step. A worker asks before it starts, and while it works.
 */
export function isWanted(
  record: OrderRecord,
  policy: Policy,
  { step, now }: { step: Step; now: number },
): boolean {
  return decide(record, policy, now).steps.some((wanted) => sameStep(wanted, step));
}

/** An operator's message goes beside the other steps, also when the order is finished. */
function withReply({ record, order, policy, now }: Situation, partial: PartialDecision): PartialDecision {
  const steps = replyStep(record, order, policy);
  if (steps.length === 0) return partial;
  const lookAgainAt = earliest(now, partial.lookAgainAt, now + policy.workLookSeconds * SECOND);
  return { ...partial, steps: [...partial.steps, ...steps], lookAgainAt };
}

/** A step that calls a handler waits until the order's service is known. */
function withKnownService(record: OrderRecord, partial: PartialDecision, now: number): PartialDecision {
  const missing = holdForService(record, partial.steps, now);
  if (missing === null) return partial;
  return {
    ...partial,
    stage: missing.isHeld ? 'awaiting_service' : partial.stage,
    steps: missing.steps,
    attention: [...partial.attention, ...missing.attention],
    readService: missing.readService,
    lookAgainAt: earliest(now, partial.lookAgainAt, missing.lookAgainAt),
  };
}

function isAcknowledged(record: OrderRecord, attention: Attention): boolean {
  return (
    canBeAcknowledged(attention.cause) &&
    factsOf(record, 'operator_acknowledged').some((fact) => fact.attentionKey === attention.key)
  );
}
