import { isKeyOf } from '../../attention/attention-key.ts';
import type { AttentionCause } from '../../attention/details.ts';
import type { MessageKind } from '../../facts/kinds.ts';
import type { Step } from '../../jobs/steps.ts';
import { deliveryMessageKind, isMessageOn, type MessageId } from '../../policy/messages.ts';
import type { Policy } from '../../policy/policy.ts';
import { attemptOf } from '../../record/attempts.ts';
import type { OrderRecord } from '../../record/record.ts';
import { factsOf } from '../../record/record.ts';
import { releasesOf } from '../../record/releases.ts';
import { compareRounds, type Round } from '../../record/rounds.ts';

/** The message to send, unless it was sent, was dropped, or the operator turned it off. */
export function messageStep(record: OrderRecord, policy: Policy, { kind, round }: MessageId): Step[] {
  if (!isMessageOn(policy, kind) || messageIsSettled(record, kind, round)) return [];
  const step = { name: 'send', kind, round } as const;
  return [{ ...step, attempt: attemptOf(record, step) }];
}

/** The message to the buyer about the last delivery. */
export function deliveryMessageStep(record: OrderRecord, policy: Policy): Step[] {
  const last = factsOf(record, 'delivered')
    .map((fact) => fact.round)
    .toSorted(compareRounds)
    .at(-1);
  if (last === undefined) return [];
  return messageStep(record, policy, { kind: deliveryMessageKind(last), round: last });
}

/** Whether a message is settled: it was sent, or given up. */
function messageIsSettled(record: OrderRecord, kind: MessageKind, round: Round): boolean {
  return sentAt(record, kind, round) !== null || dropReason(record, kind, round) !== null;
}

/** When a message was sent, in ms since the epoch, or null. */
export function sentAt(record: OrderRecord, kind: MessageKind, round: Round): number | null {
  const sent = factsOf(record, 'message_sent').find((fact) => fact.kind === kind && fact.round === round);
  return sent?.at ?? null;
}

/**
 * Whether the buyer got only an earlier refusal. Only the first refusal of a round is sent.
 * @param at when the handler or the operator declined the round, in ms since the epoch.
 */
export function isDeclineUnsent(record: OrderRecord, round: Round, at: number): boolean {
  const sent = sentAt(record, 'refused', round);
  return sent !== null && sent < at;
}

/** Why a message was given up, or null. */
export function dropReason(record: OrderRecord, kind: MessageKind, round: Round): string | null {
  const dropped = factsOf(record, 'message_dropped').find(
    (fact) => fact.kind === kind && fact.round === round,
  );
  return dropped?.reason ?? null;
}

/**
 * Whether an operator released this round.
 * @param cause what holds the round. A release without a key covers every cause. So does a release
 * with files by hand, because they are the output.
 */
export function isReleased(record: OrderRecord, round: Round, cause: AttentionCause): boolean {
  return releasesOf(record).some(
    ({ round: released, attentionKey: key, byHand }) =>
      released === round && (key === undefined || byHand !== undefined || isKeyOf(key, cause)),
  );
}
