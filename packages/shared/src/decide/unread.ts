import type { FactOf, Recorded } from '../facts/facts.ts';
import { quoted } from '../facts/fields.ts';
import type { OrderSnapshot, OrderStatus } from '../order/order.ts';
import type { Policy } from '../policy/policy.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf } from '../record/record.ts';
import type { Attention, Unread } from './decision.ts';

type BuyerMessage = Recorded<FactOf<'buyer_message'>>;

/** The statuses in which we owe work, or the buyer still decides about it. */
const OPEN: readonly (OrderStatus | 'unknown')[] = [
  'paid',
  'in_progress',
  'revision_requested',
  'delivered',
  'disputed',
];

const KEY = 'unread_message:';

/**
 * The buyer's messages that nobody has dealt with: we sent no message after them, no operator acknowledged them, and no revision began
 * with them as its feedback.
 * @returns null when there are none.
 */
export function unreadMessages(record: OrderRecord): Unread | null {
  const answeredAt = Math.max(0, ...factsOf(record, 'message_sent').map(({ at }) => at));
  const readUntil = Math.max(answeredAt, acknowledgedUntil(record));
  const unread = factsOf(record, 'buyer_message').filter(
    (message) => message.at > readUntil && !isFeedback(record, message),
  );
  const last = unread.at(-1);
  return last === undefined ? null : { key: `${KEY}${last.at}`, count: unread.length, last: last.content };
}

/** What asks an operator to answer the buyer, if the policy wants that. It holds nothing up. */
export function unreadAttention(unread: Unread | null, order: OrderSnapshot, policy: Policy): Attention[] {
  if (unread === null || policy.unreadMessages === 'never') return [];
  if (policy.unreadMessages === 'while_open' && !OPEN.includes(order.status)) return [];
  const { key, count, last } = unread;
  const wrote = count === 1 ? 'The buyer wrote' : `The buyer wrote ${count} messages, the last one`;
  const reason = `${wrote}: ${quoted(last)}. Answer on Atelier, then acknowledge the message here.`;
  return [{ key, reason, actions: ['acknowledge'] }];
}

/** The time of the last message that an operator acknowledged; a message that came later is not covered. */
function acknowledgedUntil(record: OrderRecord): number {
  const times = factsOf(record, 'operator_acknowledged').flatMap(({ attentionKey }) =>
    attentionKey.startsWith(KEY) ? [Number(attentionKey.slice(KEY.length))] : [],
  );
  return Math.max(0, ...times.filter(Number.isFinite));
}

/** We asked what a revision should change, and no generation of that round began before this message came. */
function isFeedback(record: OrderRecord, message: BuyerMessage): boolean {
  const questions = factsOf(record, 'message_intended').filter(({ kind }) => kind === 'ask_feedback');
  const begun = factsOf(record, 'began').filter(({ step }) => step === 'generate');
  return questions.some(
    ({ round, at }) =>
      at <= message.at && !begun.some((start) => start.round === round && start.at < message.at),
  );
}
