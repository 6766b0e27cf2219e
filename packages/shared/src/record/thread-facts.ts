import type { Fact, FactOf, Recorded } from '../facts/facts.ts';
import { MESSAGE_KINDS } from '../facts/kinds.ts';
import { MESSAGES_KEPT } from '../facts/messages.ts';
import { parseTime } from '../order/field-reader.ts';
import type { ThreadMessage } from '../order/thread.ts';
import { messageText } from '../policy/messages.ts';
import type { Policy } from '../policy/policy.ts';
import { contentHash } from '../text/content-hash.ts';
import { factsOf, type OrderRecord } from './record.ts';

type Message = FactOf<'buyer_message'> | FactOf<'seller_message'>;

/**
 * A webhook is signed, and retried, within this time of its message, in ms (documented: three
 * attempts within about 5 s).
 */
const SAME_MESSAGE_MS = 120_000;

/**
 * The messages of a thread that the record lacks: the buyer's, and the operator's own. A read of
 * the thread marks the buyer's messages as read on the marketplace, so every read must record them.
 * A message from a webhook is already in the record.
 * @param thread the oldest messages first.
 */
export function threadFacts(record: OrderRecord, policy: Policy, thread: readonly ThreadMessage[]): Fact[] {
  const isOurs = productsMessages(record, policy);
  const questions = new Set(
    factsOf(record, 'message_intended').flatMap(({ kind, content }) =>
      kind === 'ask_feedback' ? [content.trim()] : [],
    ),
  );
  const lastQuestion = thread.findLastIndex(
    ({ fromBuyer, content }) => !fromBuyer && questions.has(content.trim()),
  );
  return thread.flatMap((message, index) => {
    if (message.content.trim() === '' || (!message.fromBuyer && isOurs(message.content))) return [];
    const fact = factOfMessage(message, index < lastQuestion);
    return isKnown(factsOf(record, fact.type), fact) ? [] : [fact];
  });
}

function factOfMessage(
  { fromBuyer, content, senderName, createdAt }: ThreadMessage,
  precedesQuestion: boolean,
): Message {
  const time = typeof createdAt === 'string' ? parseTime(createdAt) : null;
  const sent = time !== null && time >= 0 ? { sentAt: time } : {};
  const message = { content, senderName: senderName ?? null, bodyHash: contentHash(content), ...sent };
  if (!fromBuyer) return { type: 'seller_message', ...message };
  return { type: 'buyer_message', ...message, ...(precedesQuestion ? { precedesQuestion } : {}) };
}

/** Whether the record has the message, or once had it and kept only newer ones. */
function isKnown(known: readonly Recorded<Message>[], { content, sentAt }: Message): boolean {
  const oldest = known[0];
  if (known.length >= MESSAGES_KEPT && (sentAt ?? 0) < (oldest?.sentAt ?? 0)) return true;
  return known.some(
    (fact) =>
      fact.content.trim() === content.trim() &&
      (fact.sentAt === undefined ||
        sentAt === undefined ||
        Math.abs(fact.sentAt - sentAt) <= SAME_MESSAGE_MS),
  );
}

/**
 * Recognises the product's own messages, even if Redis lost the facts about them. An operator wrote
 * every other message of ours.
 */
function productsMessages(record: OrderRecord, policy: Policy): (content: string) => boolean {
  const revisions = record.snapshot?.revisionCount ?? 0;
  const rounds = Array.from({ length: revisions + 1 }, (_, number) => [`${number}`, `${number}d`]).flat();
  const texts = new Set([
    ...factsOf(record, 'message_intended').map(({ content }) => content.trim()),
    ...MESSAGE_KINDS.flatMap((kind) => rounds.map((round) => messageText(record, policy, { kind, round }))),
  ]);
  return (content) => texts.has(content.trim());
}
