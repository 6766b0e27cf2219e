import type { FactOf } from '../facts/facts.ts';
import type { MessageKind } from '../facts/kinds.ts';
import { buyerName, orderTitle } from '../order/naming.ts';
import { factsOf, type OrderRecord } from '../record/record.ts';
import { replyText } from '../record/replies.ts';
import { draftOf, verdictOn } from '../record/review.ts';
import { answersDispute, type Round, revisionOf } from '../record/rounds.ts';
import { cutText } from '../text/cut-text.ts';
import type { Policy } from './policy.ts';

/** The marketplace accepts 1–2000 UTF-16 units after trimming. */
export const MAX_MESSAGE_UNITS = 2000;

/** Identifies a message among the messages of an order. Each is sent at most once. */
export interface MessageId {
  kind: MessageKind;
  round: Round;
}

/**
 * The text of a message to the buyer, ready to send.
 * @returns null when the operator turned this message off, or withdrew a message of their own.
 */
export function messageText(record: OrderRecord, policy: Policy, { kind, round }: MessageId): string | null {
  if (kind === 'reply') return replyText(record, round);
  if (!isMessageOn(policy, kind)) return null;
  const edited = kind === 'delivered' || kind === 'revised' ? editedMessage(record, round) : null;
  if (edited !== null) return cutAtWord(edited);
  const values = new Map([
    ['order', record.orderId],
    ['service', (record.snapshot && orderTitle(record.snapshot)) ?? record.orderId],
    ['client', (record.snapshot && buyerName(record.snapshot)) ?? 'there'],
    ['revision', String(revisionOf(round))],
    ['reason', refusalReason(record, round)],
  ]);
  const template = policy.messages[kind] ?? '';
  return cutAtWord(template.replace(/\{(\w+)\}/g, (placeholder, name) => values.get(name) ?? placeholder));
}

/** The operator's message from the approval of the round, which replaces the usual text. */
function editedMessage(record: OrderRecord, round: string): string | null {
  const verdict = verdictOn(record, round, draftOf(record, round));
  return verdict?.verdict === 'approve' && verdict.message?.trim() ? verdict.message : null;
}

/**
 * Why a round is not delivered: the operator's note on its draft, or else the handler's reason to
 * decline the brief.
 */
function refusalReason(record: OrderRecord, round: string): string {
  const verdict = verdictOn(record, round, draftOf(record, round));
  const reason =
    verdict?.verdict === 'refuse' ? verdict.note : factsOf(record, 'refused').findLast(isOfBrief)?.reason;
  return reason?.trim() || 'We cannot fulfil this request.';
}

function isOfBrief({ step }: FactOf<'refused'>): boolean {
  return step === 'generate';
}

/** The kind of message that reports a round's delivery to the buyer. */
export function deliveryMessageKind(round: string): 'delivered' | 'revised' {
  return revisionOf(round) > 0 && !answersDispute(round) ? 'revised' : 'delivered';
}

/** Whether the operator wants a message sent: it has a text that is not blank. */
export function isMessageOn(policy: Policy, kind: MessageKind): boolean {
  if (kind === 'reply') return true;
  return (policy.messages[kind] ?? '').trim() !== '';
}

/**
 * Cuts a text that is too long for the marketplace at a word, and appends an ellipsis. Never splits
 * a character.
 */
export function cutAtWord(text: string, limit = MAX_MESSAGE_UNITS): string {
  const trimmed = text.trim();
  if (trimmed.length <= limit) return trimmed;
  const head = cutText(trimmed, limit - 1);
  const lastSpace = head.search(/\s\S*$/);
  const cut = lastSpace > limit / 2 ? head.slice(0, lastSpace) : head;
  return `${cut.trimEnd()}…`;
}
