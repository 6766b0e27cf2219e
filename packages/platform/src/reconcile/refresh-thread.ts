import { answerInThread, type Fact, factsOf, type Round, threadRefusals } from '@fulfillment/shared';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { classify } from '../telemetry/failures.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import { wasMarketplaceAsked } from './was-asked.ts';

/** Searches the thread for the buyer's answer to our question about a round. The answer becomes a fact, and so does a failed read. */
export async function refreshThread(
  dependencies: ReconcileDependencies,
  record: LoadedRecord,
  round: Round,
): Promise<LoadedRecord> {
  const asked = factsOf(record, 'message_intended').find(
    (fact) => fact.kind === 'ask_feedback' && fact.round === round,
  );
  if (!asked) return record;
  const fact = await searchThread(dependencies, record, { round, question: asked.content });
  return fact === null ? record : dependencies.store.appendAndLoad(record, [fact]);
}

/** @returns what the record gains from the thread; null: nothing. */
async function searchThread(
  { marketplace }: ReconcileDependencies,
  record: LoadedRecord,
  { round, question }: { round: Round; question: string },
): Promise<Fact | null> {
  const { ongoing, nextIndex } = threadRefusals(record, round);
  try {
    const answer = answerInThread(await marketplace.thread(record), question);
    if (answer.found) return { type: 'answer_found', round, content: answer.content };
    if (answer.cutOff) return { type: 'thread_too_long', round };
    return ongoing ? { type: 'thread_readable', round, index: ongoing.index } : null;
  } catch (error) {
    const failure = classify(error);
    if (!wasMarketplaceAsked(error, failure)) throw error;
    // The reconcile goes on: its decision asks for an operator if the outage lasts.
    const { reason, tellSoon: isRefusal = false } = failure;
    return ongoing ? null : { type: 'thread_unreadable', round, reason, index: nextIndex, isRefusal };
  }
}
