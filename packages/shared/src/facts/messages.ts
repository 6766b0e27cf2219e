import { z } from 'zod';
import { messageName, roundName } from '../text/labels.ts';
import { fact } from './define-fact.ts';
import { count, foundSuffix, inMinute, later, quoted, round, sentAt, text } from './fields.ts';
import { MESSAGE_KINDS } from './kinds.ts';

const kind = z.enum(MESSAGE_KINDS);

/**
 * A record keeps this many messages of the buyer, and as many of the operator. The newest ones
 * stay.
 */
export const MESSAGES_KEPT = 200;

/** The messages between buyer and seller, and the results of reading their thread. */
export const MESSAGE_FACTS = {
  /**
   * A message of the buyer, from a webhook or the thread.
   * - `bodyHash`: hash of the message's content. Earlier versions hashed the webhook's body.
   * - `sentAt`: when the webhook was signed, or when the message was written according to the
   *   thread.
   * - `precedesQuestion`: the thread shows the message before our last question, so the message
   *   does not answer the question.
   */
  buyer_message: fact('buyer_message', {
    fields: {
      content: text,
      senderName: text.nullable(),
      bodyHash: text,
      sentAt,
      precedesQuestion: z.boolean().optional(),
    },
    key: (event) => [event.bodyHash, inMinute(event.sentAt)],
    story: ({ content }) => `the buyer writes: ${quoted(content)}`,
    side: 'buyer',
    keep: { newest: MESSAGES_KEPT },
    text: ({ content }) => content,
  }),

  /**
   * A message of the seller in the thread that this system did not send: an operator answered on
   * Atelier's site.
   */
  seller_message: fact('seller_message', {
    fields: { content: text, senderName: text.nullable(), bodyHash: text, sentAt },
    key: (message) => [message.bodyHash, inMinute(message.sentAt)],
    story: ({ content }) => `operator writes on Atelier: ${quoted(content)}`,
    side: 'operator',
    keep: { newest: MESSAGES_KEPT },
    text: ({ content }) => content,
  }),

  /** The buyer's answer to our question about the revision, found in the thread. */
  answer_found: fact('answer_found', {
    fields: { round, content: text },
    key: (answer) => [answer.round],
    story: (answer) => `the buyer answers about ${roundName(answer.round)}: ${quoted(answer.content)}`,
    side: 'buyer',
    keep: 'always',
    text: ({ content }) => content,
  }),

  /**
   * Our question is beyond the 50 messages that the marketplace shows, so an answer cannot be read.
   */
  thread_too_long: fact('thread_too_long', {
    fields: { round },
    key: (thread) => [thread.round],
    story: (thread) => `the thread is too long to find an answer about ${roundName(thread.round)}`,
    side: 'ours',
    keep: 'always',
  }),

  /**
   * The first failed read of the thread since a successful one. `index` counts these series.
   * `isRefusal`: the marketplace denied access. False: an outage. Records of an older version lack
   * `isRefusal`: that version noted only denied access.
   */
  thread_unreadable: fact('thread_unreadable', {
    fields: { round, reason: text, index: count.default(0), isRefusal: z.boolean().optional() },
    key: (thread) => [thread.round, later(thread.index)],
    story: (thread) =>
      `the thread cannot be read for an answer about ${roundName(thread.round)}: ${quoted(thread.reason)}`,
    side: 'ours',
    keep: { newest: 10 },
    text: ({ reason }) => reason,
  }),

  /** The first successful read after the series `index` of failed ones. */
  thread_readable: fact('thread_readable', {
    fields: { round, index: count },
    key: (thread) => [thread.round, thread.index],
    story: (thread) => `the thread can be read again for an answer about ${roundName(thread.round)}`,
    side: 'ours',
    keep: { newest: 10 },
  }),

  /** Written before the call that sends the message, because the message must be sent only once. */
  message_intended: fact('message_intended', {
    fields: { kind, round, content: text },
    key: (message) => [message.kind, message.round],
    story: (message) => `about to send ${messageName(message.kind, message.round)}`,
    side: 'ours',
    keep: 'always',
    text: ({ content }) => content,
  }),

  /** `found`: the thread shows the message, and the answer to our call did not say so. */
  message_sent: fact('message_sent', {
    fields: { kind, round, found: z.boolean() },
    key: (message) => [message.kind, message.round],
    story: ({ found, ...message }) => `sent ${messageName(message.kind, message.round)}${foundSuffix(found)}`,
    side: 'ours',
    keep: 'always',
  }),

  /** The outcome stays unknown, or the marketplace rejects the message. Sending is not retried. */
  message_dropped: fact('message_dropped', {
    fields: { kind, round, reason: text },
    key: (message) => [message.kind, message.round],
    story: (message) => `gave up ${messageName(message.kind, message.round)}: ${quoted(message.reason)}`,
    side: 'ours',
    keep: 'always',
    text: ({ reason }) => reason,
    isTrouble: () => true,
  }),
};
