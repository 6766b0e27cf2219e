import { answerInThread, type Fact, factsOf, type Round, threadRefusals } from '@fulfillment/shared';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { classify } from '../telemetry/failures.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { readThread } from './read-thread.ts';
import { wasMarketplaceAsked } from './was-asked.ts';

/**
 * Reads the thread and records the buyer's messages. After a question about a round, the answer
 * becomes a fact. A failed read becomes a fact, too.
 * @param round the round of the question. Null: look only for messages.
 */
export async function refreshThread(
  dependencies: ReconcileDependencies,
  record: LoadedRecord,
  round: Round | null,
): Promise<LoadedRecord> {
  const asked = factsOf(record, 'message_intended').find(
    (fact) => fact.kind === 'ask_feedback' && fact.round === round,
  );
  if (round === null || asked === undefined) return refreshMessages(dependencies, record);
  return searchThread(dependencies, record, { round, question: asked.content });
}

/**
 * A thread that cannot be read now is read again after the regular time. Nothing else waits for it.
 */
async function refreshMessages(
  dependencies: ReconcileDependencies,
  record: LoadedRecord,
): Promise<LoadedRecord> {
  const { store, log } = dependencies;
  const ref = { agentId: record.agentId, orderId: record.orderId };
  try {
    return (await readThread(dependencies, record)).record;
  } catch (error) {
    const { reason } = classify(error);
    log.warn({ ...ref, reason }, "the thread cannot be read for the buyer's messages");
    return store.noteThread(ref, []);
  }
}

/** @returns the record with what the thread shows of the question. */
async function searchThread(
  dependencies: ReconcileDependencies,
  record: LoadedRecord,
  { round, question }: { round: Round; question: string },
): Promise<LoadedRecord> {
  const { store } = dependencies;
  const { ongoing, nextIndex } = threadRefusals(record, round);
  try {
    const read = await readThread(dependencies, record);
    const answer = answerInThread(read.thread, question);
    const facts: Fact[] = [];
    if (answer.found) facts.push({ type: 'answer_found', round, content: answer.content });
    else if (answer.cutOff) facts.push({ type: 'thread_too_long', round });
    else if (ongoing) facts.push({ type: 'thread_readable', round, index: ongoing.index });
    return facts.length === 0 ? read.record : await store.appendAndLoad(record, facts);
  } catch (error) {
    const failure = classify(error);
    if (!wasMarketplaceAsked(error, failure)) throw error;
    // The reconcile goes on: its decision asks for an operator if the outage lasts.
    const { reason, raiseSoon: isRefusal = false } = failure;
    const fact: Fact = { type: 'thread_unreadable', round, reason, index: nextIndex, isRefusal };
    return store.noteThread(record, ongoing ? [] : [fact]);
  }
}
