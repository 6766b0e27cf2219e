import type { OrderRecord } from './record.ts';
import { factsOf } from './record.ts';

/** What became of an operator's message to the buyer. */
export type ReplyState =
  /** Its job waits for a worker, or for the API budget. An operator can still withdraw it. */
  | 'queued'
  /** A worker sends it, or looks whether the marketplace has it. */
  | 'sending'
  | 'sent'
  /** The marketplace rejected it, or its outcome stays unknown. */
  | 'given_up'
  | 'withdrawn';

/** An operator's message to the buyer. */
export interface Reply {
  /** Counts the operators' messages of the order, from 0. */
  number: number;
  content: string;
  /** The operator's name. */
  by: string;
  /** When it was written, and when its state began, in ms since the epoch. */
  at: number;
  since: number;
  state: ReplyState;
  /** Why it was given up. */
  reason: string | null;
}

/** The operators' messages to the buyer, the oldest first. */
export function repliesOf(record: OrderRecord): Reply[] {
  return factsOf(record, 'operator_message').map((message) => {
    const { number, content, by, at } = message;
    return { number, content, by, at, ...stateOf(record, number, at) };
  });
}

/** The number of the next message of an operator. */
export function nextReplyNumber(record: OrderRecord): number {
  return Math.max(-1, ...factsOf(record, 'operator_message').map(({ number }) => number)) + 1;
}

/**
 * The text of an operator's message, as its step sends it. `round`: the message's number.
 * @returns null if there is no such message, or if it was withdrawn before its sending began.
 */
export function replyText(record: OrderRecord, round: string): string | null {
  const reply = repliesOf(record).find(({ number }) => String(number) === round);
  return reply === undefined || reply.state === 'withdrawn' ? null : reply.content;
}

function stateOf(record: OrderRecord, number: number, at: number): Pick<Reply, 'state' | 'since' | 'reason'> {
  const isOfMessage = (fact: { kind: string; round: string }) =>
    fact.kind === 'reply' && fact.round === String(number);
  const sent = factsOf(record, 'message_sent').find(isOfMessage);
  if (sent !== undefined) return { state: 'sent', since: sent.at, reason: null };
  const dropped = factsOf(record, 'message_dropped').find(isOfMessage);
  if (dropped !== undefined) return { state: 'given_up', since: dropped.at, reason: dropped.reason };
  const withdrawn = factsOf(record, 'operator_message_withdrawn').find((fact) => fact.number === number);
  const intended = factsOf(record, 'message_intended').find(isOfMessage);
  const places = [withdrawn, intended].map((fact) => (fact === undefined ? -1 : record.facts.indexOf(fact)));
  const [withdrawnAt = -1, intendedAt = -1] = places;
  if (withdrawn !== undefined && (intendedAt === -1 || withdrawnAt < intendedAt))
    return { state: 'withdrawn', since: withdrawn.at, reason: null };
  if (intended !== undefined) return { state: 'sending', since: intended.at, reason: null };
  return { state: 'queued', since: at, reason: null };
}
