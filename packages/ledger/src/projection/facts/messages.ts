import {
  type FactOf,
  factKey,
  factsOf,
  type OrderRecord,
  type Recorded,
  type Reply,
  type ReplyState,
  repliesOf,
} from '@fulfillment/shared';
import type { MessageRow } from '../../database/schema.ts';
import { redacted, redactedOrNull, storable } from '../text.ts';

type Received = Recorded<FactOf<'buyer_message'>> | Recorded<FactOf<'seller_message'>>;
type Intended = Recorded<FactOf<'message_intended'>>;

/** The messages between buyer and seller. */
export function projectMessages(key: string, record: OrderRecord): MessageRow[] {
  const received = [...factsOf(record, 'buyer_message'), ...factsOf(record, 'seller_message')];
  return [
    ...received.map((message) => receivedRow(key, message)),
    ...factsOf(record, 'message_intended')
      .filter(({ kind }) => kind !== 'reply')
      .map((message) => ownRow(key, record, message)),
    ...repliesOf(record).map((reply) => replyRow(key, reply)),
  ];
}

function receivedRow(key: string, message: Received): MessageRow {
  return {
    order_key: key,
    fact_key: storable(factKey(message)),
    at: message.sentAt ?? message.at,
    sender: message.type === 'buyer_message' ? 'buyer' : 'operator',
    sender_name: redactedOrNull(message.senderName),
    kind: null,
    content: redacted(message.content),
    state: 'received',
  };
}

const REPLY_STATES = {
  queued: 'pending',
  sending: 'pending',
  sent: 'sent',
  given_up: 'dropped',
  withdrawn: 'withdrawn',
} as const satisfies Record<ReplyState, MessageRow['state']>;

function replyRow(key: string, reply: Reply): MessageRow {
  const { number, content, by } = reply;
  return {
    order_key: key,
    fact_key: storable(factKey({ type: 'operator_message', number, content, by })),
    at: reply.state === 'sent' ? reply.since : reply.at,
    sender: 'operator',
    sender_name: storable(by),
    kind: 'reply',
    content: redacted(content),
    state: REPLY_STATES[reply.state],
  };
}

function ownRow(key: string, record: OrderRecord, message: Intended): MessageRow {
  const isThis = (fact: { kind: string; round: string }) =>
    fact.kind === message.kind && fact.round === message.round;
  const sent = factsOf(record, 'message_sent').find(isThis);
  const isDropped = factsOf(record, 'message_dropped').some(isThis);
  return {
    order_key: key,
    fact_key: storable(factKey(message)),
    at: sent?.at ?? message.at,
    sender: 'system',
    sender_name: null,
    kind: message.kind,
    content: redacted(message.content),
    state: sent !== undefined ? 'sent' : isDropped ? 'dropped' : 'pending',
  };
}
