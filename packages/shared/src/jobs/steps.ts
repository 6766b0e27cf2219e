import { stepKey, type WorkerStepId } from './step-key.ts';

/**
 * One unit of a worker's work on an order. `attempt` grows only when an operator asks for the step
 * again.
 */
export type Step = WorkerStepId & { attempt: number };

/** Whether two steps are the same, attempt included. */
export function sameStep(a: Step, b: Step): boolean {
  return stepKey(a) === stepKey(b) && a.attempt === b.attempt;
}
