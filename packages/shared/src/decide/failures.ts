import { type Attention, raise } from '../attention/attention.ts';
import { stepKey, type WorkerStepId } from '../jobs/step-key.ts';
import type { Step } from '../jobs/steps.ts';
import { attemptOf } from '../record/attempts.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf, handlerBegun } from '../record/record.ts';

/**
 * Asks for a missing step. If the step failed for good, returns an attention that offers to retry
 * it.
 */
export function requestStep(
  record: OrderRecord,
  step: WorkerStepId,
): { steps: Step[]; attention: Attention[] } {
  const attempted = { ...step, attempt: attemptOf(record, step) };
  const failure = failureOf(record, attempted);
  if (failure) return { steps: [], attention: [failure] };
  return { steps: [attempted], attention: [] };
}

/** The attention for a step that failed for good in its attempt, or null. */
function failureOf(record: OrderRecord, step: Step): Attention | null {
  const { attempt } = step;
  const key = stepKey(step);
  const failed = factsOf(record, 'failed').find((fact) => fact.stepKey === key && fact.attempt === attempt);
  if (!failed) return null;
  const handler = step.name === 'price' || step.name === 'generate' ? handlerBegun(record) : null;
  return raise({ kind: 'failed', cause: 'failed', stepKey: key, attempt, handler, detail: failed.reason });
}
