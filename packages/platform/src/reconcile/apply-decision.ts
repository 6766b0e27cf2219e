import {
  attemptOf,
  type Decision,
  decide,
  jobFor,
  type OrderRecord,
  quoteDueAt,
  type StepJob,
} from '@fulfillment/shared';
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
 * Adds the jobs of a decision that are missing, removes the jobs of a cancelled order, and settles
 * the order.
 * @param record the record that the decision comes from.
 * @param readNextAt when to retry a failed read, in ms since the epoch. Null: no read failed.
 */
export async function applyDecision(
  { store, queues, policy }: ReconcileDependencies,
  record: LoadedRecord,
  { decision, readNextAt }: { decision: Decision; readNextAt: number | null },
): Promise<void> {
  const ref = { agentId: record.agentId, orderId: record.orderId };
  const dueAt = decision.dueAt ?? quoteDueAt(record, record.snapshot, policy);
  for (const step of decision.steps) await queues.ensure(ref, step, dueAt);
  await queues.removeWaiting(jobsToRemove(record, decision));
  // A due time or a buyer's answer may come before the next read.
  const lookAgainAt = Math.min(readNextAt ?? Infinity, decision.lookAgainAt ?? Infinity);
  await store.settle(record, readNextAt === null ? decision : waitingToRead(decision, lookAgainAt));
  await store.trim(record);
}

/**
 * Settles an order that cannot go on before its next read, at `readNextAt` (ms since the epoch):
 * failing reads become rare.
 */
export async function settleUnread(
  { store, policy }: ReconcileDependencies,
  record: LoadedRecord,
  readNextAt: number,
): Promise<void> {
  await store.settle(record, waitingToRead(decide(record, policy, record.loadedAt), readNextAt));
}

/**
 * The decision of an order whose read failed: the failed read answers the hints known so far, and
 * the order is due at `lookAgainAt`.
 */
function waitingToRead(decision: Decision, lookAgainAt: number): Decision {
  return { ...decision, readOrder: false, lookAgainAt };
}

/**
 * The jobs that a cancelled order may still have. An order can be cancelled only before its first
 * delivery.
 */
function jobsToRemove(record: OrderRecord, decision: Decision): StepJob[] {
  if (decision.stage !== 'cancelled') return [];
  return (['price', 'quote', 'generate', 'publish', 'deliver'] as const).map((name) => {
    const attempt = attemptOf(record, { name, round: '0' });
    return jobFor({ agentId: record.agentId, orderId: record.orderId }, { name, round: '0', attempt });
  });
}
