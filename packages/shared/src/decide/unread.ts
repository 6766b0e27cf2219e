import { type Attention, raise } from '../attention/attention.ts';
import { parseAttentionKey } from '../attention/attention-key.ts';
import type { FactOf, Recorded } from '../facts/facts.ts';
import { isOpen, type OrderSnapshot } from '../order/order.ts';
import type { Policy } from '../policy/policy.ts';
import { isFeedback } from '../record/feedback.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf } from '../record/record.ts';
import { repliesOf } from '../record/replies.ts';
import type { Unread } from './decision.ts';

/**
 * The buyer's messages that need an answer. No operator acknowledged them or answered on Atelier,
 * and no revision takes them as its feedback. The product's own messages do not count as answers:
 * an automatic text may cross a question of the buyer.
 * @returns null without such messages.
 */
export function findUnread(record: OrderRecord): Unread | null {
  const acknowledged = placeAcknowledged(record);
  const unread = factsOf(record, 'buyer_message').filter(
    (message) =>
      record.facts.indexOf(message) > acknowledged &&
      !isAnswered(record, message) &&
      !isFeedback(record, message),
  );
  const last = unread.at(-1);
  if (last === undefined) return null;
  const messages = { readUntil: last.at, count: unread.length, last: last.content };
  return { ...messages, key: attentionOf(messages).key };
}

/**
 * Asks an operator to answer the buyer, if the policy wants that. The attention does not hold up
 * any step.
 */
export function raiseUnread(unread: Unread | null, order: OrderSnapshot, policy: Policy): Attention[] {
  if (unread === null || policy.unreadMessages === 'never') return [];
  if (policy.unreadMessages === 'while_open' && !isOpen(order.status)) return [];
  return [attentionOf(unread)];
}

/**
 * Whether an operator wrote after the message, here or on Atelier. A message on Atelier is compared
 * by the marketplace's clock, because the two may have reached the record in either order.
 */
function isAnswered(record: OrderRecord, message: Recorded<FactOf<'buyer_message'>>): boolean {
  const { sentAt } = message;
  const place = record.facts.indexOf(message);
  const isReplied = repliesOf(record).some(
    ({ number, state }) =>
      state !== 'withdrawn' &&
      state !== 'given_up' &&
      record.facts.findIndex((fact) => fact.type === 'operator_message' && fact.number === number) > place,
  );
  if (isReplied) return true;
  return factsOf(record, 'seller_message').some((answer) =>
    sentAt === undefined || answer.sentAt === undefined
      ? record.facts.indexOf(answer) > record.facts.indexOf(message)
      : answer.sentAt > sentAt,
  );
}

/**
 * The position in the record of the last message that an operator acknowledged, or -1. Positions
 * order messages correctly even after Redis' clock stepped back. The acknowledgement does not cover
 * a later message.
 */
function placeAcknowledged(record: OrderRecord): number {
  const times = new Set(
    factsOf(record, 'operator_acknowledged').map(
      ({ readUntil, attentionKey }) => readUntil ?? parseAttentionKey(attentionKey).readUntil,
    ),
  );
  return record.facts.findLastIndex((fact) => fact.type === 'buyer_message' && times.has(fact.at));
}

function attentionOf({ readUntil, count, last }: Omit<Unread, 'key'>): Attention {
  return raise({ kind: 'unread', cause: 'unread_message', readUntil, count, detail: last });
}
