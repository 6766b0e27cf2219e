import type { Attention } from '../attention/attention.ts';
import { canBeAcknowledged } from '../attention/attention-actions.ts';
import { type Step, sameStep } from '../jobs/steps.ts';
import type { Policy } from '../policy/policy.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf, isNotOurs } from '../record/record.ts';
import { statusNow } from '../record/status-now.ts';
import { byStatus } from './by-status.ts';
import { type Decision, SECOND } from './decision.ts';
import { readingTrouble } from './failures.ts';
import { heldUp } from './held-up.ts';
import { earliest, emptyDecision, type PartialDecision } from './partial-decision.ts';
import { mustReadMessages } from './reading-messages.ts';
import { mustReadAgain, QUOTED_LOOK } from './rereading.ts';
import { choosingHandler } from './serving.ts';
import { payoutFailedEarly } from './steps/settling.ts';
import { unreadAttention, unreadMessages } from './unread.ts';

/**
 * Decides what an order needs next. The function is pure: no I/O, no clock, no randomness. The same
 * record, policy and time give the same answer. A repeated call does no harm, and a step whose fact
 * is in the record is never asked for again.
 * @param now by Redis' clock, in ms since the epoch.
 */
export function decide(record: OrderRecord, policy: Policy, now: number): Decision {
  const trouble = readingTrouble(record, now);
  const unread = unreadMessages(record);
  if (isNotOurs(record))
    return { ...emptyDecision('not_ours'), unread, readOrder: false, readMessages: false };
  const payout = payoutFailedEarly(record, record.snapshot).filter((item) => !isAcknowledged(record, item));
  if (record.snapshot === null) {
    return {
      ...emptyDecision('unseen'),
      attention: [...trouble.filter((item) => !isAcknowledged(record, item)), ...payout],
      unread,
      readOrder: true,
      readMessages: false,
      lookAgainAt: now + policy.workLookSeconds * SECOND,
    };
  }
  const { status, raw } = statusNow(record) ?? {
    status: record.snapshot.status,
    raw: record.snapshot.rawStatus,
  };
  const order = { ...record.snapshot, status, rawStatus: raw };
  const situation = { record, order, policy, now };
  const partial = withKnownService(record, byStatus(situation), now);
  const waits = heldUp(record, partial.steps, now);
  const holding = [...partial.attention, ...trouble, ...waits].filter(
    (item) => !isAcknowledged(record, item),
  );
  const attention = [...holding, ...payout, ...unreadAttention(unread, order, policy)];
  const lookAgainAt = attention.length > 0 ? (partial.lookAgainAt ?? now + QUOTED_LOOK) : partial.lookAgainAt;
  return {
    ...partial,
    attention,
    unread,
    readMessages: mustReadMessages(record, order, now),
    stage:
      holding.length > 0 && partial.steps.length === 0 && partial.lookAgainAt !== null
        ? 'held'
        : partial.stage,
    readOrder: mustReadAgain(situation, lookAgainAt === null),
    lookAgainAt,
  };
}

/**
 * Whether the order still needs this very step. A worker asks before it starts, and while it works.
 */
export function isWanted(record: OrderRecord, policy: Policy, step: Step, now: number): boolean {
  return decide(record, policy, now).steps.some((wanted) => sameStep(wanted, step));
}

/** A step that calls a handler waits until the order's service is known. */
function withKnownService(record: OrderRecord, partial: PartialDecision, now: number): PartialDecision {
  const missing = choosingHandler(record, partial.steps, now);
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
