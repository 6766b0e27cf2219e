import {
  type JobContext,
  NoLongerWanted,
  type Runtime,
  readThread,
  type WriteRun,
  type Yielding,
} from '@fulfillment/platform';
import {
  type Fact,
  factsOf,
  messageText,
  type OrderRecord,
  THREAD_LIMIT,
  type ThreadMessage,
  timesSent,
} from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';

/**
 * The step `send`: writes a message to the buyer. The first attempt fixes the text. Every attempt
 * searches the thread for the text first, even if no attempt is on record, because Redis may have
 * lost its last second. If the thread is too long to show its newest messages, a message whose
 * earlier call has an unknown outcome is not sent again.
 */
export async function send(run: WriteRun<'send'>, { runtime }: Delivery): Promise<Fact[]> {
  const { ref, record, log } = run;
  const { kind, round } = run.step;
  const intended = factsOf(record, 'message_intended').find(
    (fact) => fact.kind === kind && fact.round === round,
  );
  const content = intended?.content ?? messageText(record, runtime.policy, { kind, round });
  if (content === null) return [];

  const { thread } = await readThread(runtime, record, run.job.signal);
  if (timesSent(thread, content) > sentBefore(record, content)) {
    log.info({ kind }, 'message found sent');
    return [
      { type: 'message_intended', kind, round, content },
      { type: 'message_sent', kind, round, found: true },
    ];
  }
  if (run.hasOpenWrite && thread.length >= THREAD_LIMIT) {
    const reason = 'it may have been sent, and the thread is too long to see';
    return [{ type: 'message_dropped', kind, round, reason }];
  }
  await run.confirmAbsent({ askedAt: record.loadedAt, isOlder: isOlderThread(record, thread) });
  await runtime.marketplace.sendMessage(ref, content, {
    lastLook: async () => {
      const current = await run.begin({ type: 'message_intended', kind, round, content });
      if (messageText(current, runtime.policy, { kind, round }) === null)
        throw new NoLongerWanted('an operator withdrew the message just before');
    },
    yielding: yieldingOf(runtime, run.job),
  });
  log.info({ kind }, 'message sent');
  return [{ type: 'message_sent', kind, round, found: false }];
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
