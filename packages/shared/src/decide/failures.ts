import { type Attention, raise } from '../attention/attention.ts';
import type { FactOf, Recorded } from '../facts/facts.ts';
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

/** The attention for a step that failed for good, or was stopped, in its attempt. Or null. */
function failureOf(record: OrderRecord, step: Step): Attention | null {
  const { attempt } = step;
  const key = stepKey(step);
  const stop = stopOf(record, step);
  if (stop !== undefined) return raiseStopped(stop);
  const failed = factsOf(record, 'failed').find((fact) => fact.stepKey === key && fact.attempt === attempt);
  if (!failed) return null;
  const handler = step.name === 'price' || step.name === 'generate' ? handlerBegun(record) : null;
  return raise({ kind: 'failed', cause: 'failed', stepKey: key, attempt, handler, detail: failed.reason });
}

/**
 * The operator's stop of the current attempt of a step, unless the step had ended before.
 * @param endedAt when the step ended, in ms since the epoch. Undefined: it has not ended.
 */
export function stopOf(
  record: OrderRecord,
  step: Step,
  endedAt = Number.POSITIVE_INFINITY,
): Recorded<FactOf<'operator_stopped'>> | undefined {
  const key = stepKey(step);
  return factsOf(record, 'operator_stopped').find(
    (fact) => fact.stepKey === key && fact.attempt === step.attempt && fact.at < endedAt,
  );
}

export function raiseStopped({ stepKey: key, attempt, by }: FactOf<'operator_stopped'>): Attention {
  return raise({ kind: 'failed', cause: 'stopped', stepKey: key, attempt, by });
}
