import { folderId, type StagedOutput } from '@fulfillment/artifacts';
import { type LoadedRecord, permanent, waitingFor } from '@fulfillment/platform';
import {
  draftOf,
  factsOf,
  type OrderRecord,
  STORE_PATIENCE_MS,
  type Step,
  stepKey,
} from '@fulfillment/shared';
import type { GenerateStep } from '../dependencies.ts';

/**
 * How long a retry is left to the worker that staged the output, and how often other workers check.
 */
const LEFT_FOR_MS = 60_000;
const LOOK_AGAIN_MS = 2000;

/** Records that the output waits on this worker's disk, for workers that cannot read its folder. */
export async function recordStagedElsewhere(
  { generation: { runtime, artifactsDir }, wanted: { record }, step }: GenerateStep,
  output: StagedOutput,
  reason: string,
): Promise<void> {
  const { agentId, orderId } = record;
  const { round } = step;
  const draft = draftOf(record, round);
  const folder = await folderId(artifactsDir);
  const fact = { type: 'kept', round, draft, attempt: output.attempt, folder, reason } as const;
  await runtime.store.append({ agentId, orderId }, [fact]);
}

/**
 * Leaves the storing to the worker that staged the output, because the cost of regenerating it
 * would be paid again.
 * @throws StepError, throttled while that worker may still store the output, permanent when it does
 * not. In the end a retry has the output regenerated.
 */
export async function waitForOtherWorkersOutput(
  artifactsDir: string,
  record: LoadedRecord,
  step: Step,
): Promise<void> {
  const { round, attempt } = step;
  const draft = draftOf(record, round);
  const kept = factsOf(record, 'kept').findLast((fact) => fact.round === round && fact.draft === draft);
  if (kept === undefined || kept.folder === (await folderId(artifactsDir))) return;
  const retriedAt = lastRetry(record, step);
  const isRetry = attempt > kept.attempt && retriedAt > 0;
  const age = record.loadedAt - Math.max(kept.at, retriedAt);
  const where = 'The output is in the ARTIFACTS_DIR of another generation worker';
  if (age < (isRetry ? LEFT_FOR_MS : STORE_PATIENCE_MS)) throw waitingFor(where, Date.now() + LOOK_AGAIN_MS);
  if (isRetry) return;
  throw permanent(
    `${where}, which has not stored it: ${kept.reason}. Start that worker, or make all workers share the folder. A retry waits a minute for that worker, and then regenerates the round.`,
  );
}

/** When an operator last retried a step, in ms since the epoch, or 0 if nobody did. */
export function lastRetry(record: OrderRecord, step: Step): number {
  const retry = factsOf(record, 'operator_retried').findLast((fact) => fact.stepKey === stepKey(step));
  return retry?.at ?? 0;
}
