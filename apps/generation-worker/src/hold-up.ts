import type { LoadedRecord, Runtime } from '@fulfillment/platform';
import { holdUpOf, type Step, startsOf } from '@fulfillment/shared';

/**
 * Records, once, why a step cannot begin yet. `decide` shows the reason after ten minutes. The
 * worker keeps trying meanwhile.
 * @returns for how long the step has been held up, in ms.
 */
export async function recordHoldUp(
  { store }: Runtime,
  { record, step }: { record: LoadedRecord; step: Step & { name: 'price' | 'generate' } },
  reason: string,
): Promise<number> {
  const before = holdUpOf(record, step);
  if (before !== undefined) return record.loadedAt - before.at;
  const { name, round, attempt } = step;
  const start = startsOf(record, step);
  const ref = { agentId: record.agentId, orderId: record.orderId };
  await store.append(ref, [{ type: 'held_up', step: name, round, attempt, start, reason }]);
  return 0;
}
