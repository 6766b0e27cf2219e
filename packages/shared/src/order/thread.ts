/** A message of an order's thread. */
export interface ThreadMessage {
  fromBuyer: boolean;
  senderName: string | null;
  content: string;
  /** In the marketplace's format. */
  createdAt: string | null;
}

/** The marketplace shows this many messages of a thread, and only the oldest. */
export const THREAD_LIMIT = 50;

/**
 * The state of our question in a thread: answered, not answered yet, or unknown because the thread
 * is cut off.
 */
export type AnswerInThread = { found: true; content: string } | { found: false; cutOff: boolean };

/**
 * Finds the buyer's messages after our question. Messages are the oldest first, at most
 * `THREAD_LIMIT`.
 */
export function answerInThread(thread: readonly ThreadMessage[], question: string): AnswerInThread {
  const asked = thread.findLastIndex((message) => !message.fromBuyer && message.content === question);
  const answers = asked < 0 ? [] : thread.slice(asked + 1).filter((message) => message.fromBuyer);
  if (answers.length > 0)
    return { found: true, content: answers.map((message) => message.content).join('\n\n') };
  return { found: false, cutOff: thread.length >= THREAD_LIMIT };
}

/** How often our text occurs in the part of the thread that the marketplace shows. */
export function timesSent(thread: readonly ThreadMessage[], content: string): number {
  return thread.filter((message) => !message.fromBuyer && message.content === content).length;
}
