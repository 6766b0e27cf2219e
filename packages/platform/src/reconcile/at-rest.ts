import { type Decision, decide, type OrderRef, type Policy } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import type { Queues } from '../jobs/queues.ts';
import { summarise } from '../record-store/order-summary.ts';
import { partsOfHash, readRecord } from '../record-store/read-record.ts';
import { answersInTrips } from '../redis/in-trips.ts';
import type { RedisKeys } from '../redis/keys.ts';
import { asksNothing } from './asks-nothing.ts';

interface AtRestDependencies {
  redis: Redis;
  keys: RedisKeys;
  queues: Queues;
  policy: Policy;
}

/**
 * Finds the orders for which a reconcile would change nothing: the decision is the stored one, and
 * its jobs wait or run. Long queues make many such orders, and this takes two reads for each, in
 * few trips to Redis, and no script.
 * @param now by Redis' clock, in ms since the epoch.
 * @returns when each of these orders is due for its next check, in ms since the epoch.
 */
export async function findAtRest(
  { redis, keys, queues, policy }: AtRestDependencies,
  refs: readonly OrderRef[],
  now: number,
): Promise<Map<OrderRef, number>> {
  const answers = await answersInTrips(redis, refs, (pipeline, ref) => pipeline.hgetall(keys.record(ref)));
  const settled = refs.flatMap((ref, index) => {
    const hash = answers[index];
    if (hash instanceof Error) return [];
    try {
      return settledDecision(ref, hash as Record<string, string>, { policy, now }) ?? [];
    } catch {
      // One order must not stop the others. It is not at rest: its reconcile shows the error.
      return [];
    }
  });
  const jobs = settled.flatMap(({ ref, decision }) =>
    decision.steps.map((step) => ({ ref, step, dueAt: decision.stepsDueAt })),
  );
  const ensured = (await queues.areEnsured(jobs)).values();
  const atRest = new Map<OrderRef, number>();
  for (const { ref, decision, lookAgainAt } of settled) {
    const hasJobs = decision.steps.map(() => ensured.next().value === true);
    if (hasJobs.every(Boolean)) atRest.set(ref, lookAgainAt);
  }
  return atRest;
}

interface SettledOrder {
  ref: OrderRef;
  decision: Decision;
  lookAgainAt: number;
}

/** @returns null if the order needs a reconcile, whatever its jobs do. */
function settledDecision(
  ref: OrderRef,
  hash: Record<string, string>,
  { policy, now }: { policy: Policy; now: number },
): SettledOrder | null {
  const parts = partsOfHash(hash);
  const { fields } = parts;
  const record = readRecord(ref, parts);
  if (record === null || !isSettled(fields)) return null;
  const decision = decide(record, policy, now);
  const { lookAgainAt } = decision;
  const isSame = fields.summary === JSON.stringify(summarise(record, decision));
  return isSame && lookAgainAt !== null && asksNothing(decision) ? { ref, decision, lookAgainAt } : null;
}

/** Whether nothing was written to the record after its last decision. */
function isSettled(fields: Readonly<Record<string, string>>): boolean {
  return fields.settledSnapshot === fields.observedAt && fields.settledWritten === (fields.written ?? '0');
}
