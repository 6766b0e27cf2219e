import { type JobContext, type Runtime, readThread, type Yielding } from '@fulfillment/platform';
import {
  factsOf,
  messageText,
  type OrderRecord,
  type Payload,
  type Step,
  THREAD_LIMIT,
  type ThreadMessage,
  timesSent,
} from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';
import { once } from './once.ts';

/**
 * The step `send`: writes a message to the buyer. The first attempt fixes the text. Every attempt
 * searches the thread for the text first, even if no attempt is on record, because Redis may have
 * lost its last second. If the thread is too long to show its newest messages, a message that may
 * have been sent is not sent again.
 */
export async function send(
  { runtime }: Delivery,
  payload: Payload<'messages', 'send'>,
  context: JobContext,
): Promise<void> {
  const { agentId, orderId, round, attempt, kind } = payload;
  const ref = { agentId, orderId };
  const { store, marketplace, policy } = runtime;
  const step = { name: 'send', kind, round, attempt } as const satisfies Step;

  await once(runtime, ref, step, async ({ record, confirmAbsent, lastLook }) => {
    const intended = factsOf(record, 'message_intended').find(
      (fact) => fact.kind === kind && fact.round === round,
    );
    const content = intended?.content ?? messageText(record, policy, kind, round);
    if (content === null) return record;

    const { thread } = await readThread(runtime, record, context.signal);
    if (timesSent(thread, content) > sentBefore(record, content)) {
      const found = await store.appendAndLoad(ref, [
        { type: 'message_intended', kind, round, content },
        { type: 'message_sent', kind, round, found: true },
      ]);
      context.log.info({ kind }, 'message found sent');
      return found;
    }
    if (intended !== undefined && thread.length >= THREAD_LIMIT) {
      const reason = 'it may have been sent, and the thread is too long to see';
      return store.appendAndLoad(ref, [{ type: 'message_dropped', kind, round, reason }]);
    }
    await confirmAbsent({ askedAt: record.loadedAt, isOlder: isOlderThread(record, thread) });
    await store.append(ref, [{ type: 'message_intended', kind, round, content }]);
    await marketplace.sendMessage(ref, content, lastLook, yieldingOf(runtime, context));
    const sent = await store.appendAndLoad(ref, [{ type: 'message_sent', kind, round, found: false }]);
    context.log.info({ kind }, 'message sent');
    return sent;
  });
}

/** A backlog of deliveries must not hold back messages and questions to buyers forever. */
function yieldingOf({ settings }: Runtime, { heldSince }: JobContext): Yielding {
  const heldForMs = heldSince === null ? 0 : Date.now() - heldSince;
  return { isOverdue: heldForMs >= settings.BUDGET_WINDOW_SECONDS * 1000 };
}

/**
 * Whether the thread lacks a message that we know to have been sent, and so is an old one. A long
 * thread hides the newest messages.
 */
function isOlderThread(record: OrderRecord, thread: readonly ThreadMessage[]): boolean {
  if (thread.length >= THREAD_LIMIT) return false;
  const texts = new Set(factsOf(record, 'message_intended').map(({ content }) => content));
  return [...texts].some((text) => timesSent(thread, text) < sentBefore(record, text));
}

/**
 * How often the same text was sent as another message of this order. Two revisions may have the
 * same text.
 */
function sentBefore(record: OrderRecord, content: string): number {
  const sent = new Set(factsOf(record, 'message_sent').map((fact) => `${fact.kind}:${fact.round}`));
  return factsOf(record, 'message_intended').filter(
    (fact) => fact.content === content && sent.has(`${fact.kind}:${fact.round}`),
  ).length;
}
