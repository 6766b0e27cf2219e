import { type Decision, jobFor } from '@fulfillment/shared';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import type { ReconcileDependencies } from './dependencies.ts';

/**
 * Appends the facts of a decision. The log gets one line for a review that is due soon, from the
 * process that recorded it first.
 */
export async function recordFacts(
  { store, log }: ReconcileDependencies,
  record: LoadedRecord,
  { facts, dueAt }: Decision,
): Promise<LoadedRecord> {
  const ref = { agentId: record.agentId, orderId: record.orderId };
  const review = facts.find((fact) => fact.type === 'review_due');
  if (review === undefined) return store.appendAndLoad(ref, facts);
  if ((await store.append(ref, facts)) > 0) {
    const due = new Date(dueAt ?? record.loadedAt).toISOString();
    log.warn({ ...ref, round: review.round, due }, 'a round waits for a review, and is due soon');
  }
  return store.appendAndLoad(ref, []);
}

/**
 * Adds the jobs of a decision that are missing, removes the jobs that it cancels, and stores the
 * decision.
 * @param record the record that the decision comes from.
 */
export async function applyDecision(
  { store, queues }: ReconcileDependencies,
  record: LoadedRecord,
  decision: Decision,
): Promise<void> {
  const ref = { agentId: record.agentId, orderId: record.orderId };
  if (decision.canStart) {
    for (const step of decision.steps) await queues.ensure(ref, step, decision.stepsDueAt);
    await queues.removeWaiting(decision.cancelledSteps.map((step) => jobFor(ref, step)));
  }
  await store.settle(record, decision);
  await store.trim(record);
}
