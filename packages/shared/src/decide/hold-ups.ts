import { type Attention, raise } from '../attention/attention.ts';
import type { FactOf, Recorded } from '../facts/facts.ts';
import { stepKey } from '../jobs/step-key.ts';
import type { Step } from '../jobs/steps.ts';
import { startsOf } from '../record/attempts.ts';
import { factsOf, type OrderRecord } from '../record/record.ts';
import { MINUTE } from './decision.ts';

/**
 * A worker's own trouble, such as a full disk, is shown to the operator after this time. Workers
 * retry meanwhile.
 */
const PATIENCE = 10 * MINUTE;

/**
 * Raises an attention for missing steps that have been held up for too long. The attention ends
 * when the step begins.
 */
export function raiseHoldUps(record: OrderRecord, steps: readonly Step[], now: number): Attention[] {
  return steps.flatMap((step) => {
    const fact = holdUpOf(record, step);
    if (fact === undefined || now < fact.at + PATIENCE) return [];
    const { start, reason: detail } = fact;
    const waiting = { stepKey: stepKey(step), attempt: step.attempt };
    return [raise({ kind: 'delay', cause: 'held_up', ...waiting, start, detail })];
  });
}

/**
 * What keeps a step from its next beginning. Undefined: nothing does, or the step has begun since.
 */
export function holdUpOf(record: OrderRecord, step: Step): Recorded<FactOf<'held_up'>> | undefined {
  const start = startsOf(record, step);
  return factsOf(record, 'held_up').find(
    (fact) =>
      fact.step === step.name &&
      fact.round === step.round &&
      fact.attempt === step.attempt &&
      fact.start === start,
  );
}
