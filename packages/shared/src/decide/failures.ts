import type { OrderRecord } from '../record.ts';
import { attemptOf, factsOf } from '../record.ts';
import type { Step } from '../steps.ts';
import { stepKey } from '../steps.ts';
import type { Attention } from './decision.ts';

type StepWithoutAttempt = Step extends infer S ? (S extends Step ? Omit<S, 'attempt'> : never) : never;

/** A step that is missing: asked for, or, once it failed for good, an attention that offers to retry it. */
export function stepOrAttention(
  record: OrderRecord,
  step: StepWithoutAttempt,
): { steps: Step[]; attention: Attention[] } {
  const attempt = attemptOf(record, step);
  const failure = failureOf(record, stepKey(step), attempt);
  if (failure) return { steps: [], attention: [failure] };
  return { steps: [{ ...step, attempt } as Step], attention: [] };
}

/** The attention for a step that failed for good in the given attempt, or null. */
export function failureOf(record: OrderRecord, key: string, attempt: number): Attention | null {
  const failed = factsOf(record, 'failed').find((fact) => fact.stepKey === key && fact.attempt === attempt);
  if (!failed) return null;
  return {
    key: `failed:${key}:${attempt}`,
    reason: failed.reason,
    actions: ['retry'],
    stepKey: key,
    attempt,
  };
}
