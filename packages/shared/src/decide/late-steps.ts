import { type Attention, raise } from '../attention/attention.ts';
import { stepKey } from '../jobs/step-key.ts';
import type { Step } from '../jobs/steps.ts';
import { putOffsOf } from '../record/attempts.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf } from '../record/record.ts';
import { MINUTE } from './decision.ts';

/**
 * A possible delivery or quote counts as late only after this time, because a step that just became
 * possible needs a moment.
 */
const WRITE_PATIENCE = 10 * MINUTE;

/**
 * Why a due order is late: a rate limit of the marketplace, or a service that puts its handler off.
 * The steps are still retried, and end as soon as they may run. An operator hears of the delay at
 * the due time. Often only the operator can end its cause, such as another program that uses the
 * address' limit.
 * @param steps the steps that are missing.
 * @param due when the order is due, in ms since the epoch.
 */
export function raiseLateSteps(
  record: OrderRecord,
  steps: readonly Step[],
  { due, now }: { due: number; now: number },
): Attention[] {
  if (now < due) return [];
  return steps.flatMap((step) => limitOn(record, step) ?? lateWrite(record, step, { due, now }) ?? []);
}

/**
 * Raises an attention for a delivery or a quote that is past due. Its job may never have run, since
 * one rate limit can hold back the jobs of all orders.
 */
function lateWrite(
  record: OrderRecord,
  step: Step,
  { due, now }: { due: number; now: number },
): Attention | null {
  if (step.name !== 'deliver' && step.name !== 'quote') return null;
  const isPrerequisite = ({ type }: OrderRecord['facts'][number]) =>
    step.name === 'quote'
      ? type === 'priced'
      : type === 'generated' || type === 'published' || type === 'reviewed';
  const ready = record.facts.findLast(isPrerequisite);
  if (ready === undefined) return null;
  // A draft may have waited for its review until the due time.
  const readyAt = ready.type === 'generated' && ready.review ? Math.max(ready.at, due) : ready.at;
  if (now < readyAt + WRITE_PATIENCE) return null;
  const isOutcomeUnknown = isIntended(record, step);
  return raise({ kind: 'delay', cause: 'late', ...waiting(step), isOutcomeUnknown });
}

/** Whether the intent of the delivery or quote is on record. */
function isIntended(record: OrderRecord, { name, round }: Step): boolean {
  return name === 'quote'
    ? factsOf(record, 'quote_intended').length > 0
    : factsOf(record, 'delivery_intended').some((fact) => fact.round === round);
}

function limitOn(record: OrderRecord, step: Step): Attention | null {
  const { stepKey: key, attempt } = waiting(step);
  const limited = factsOf(record, 'rate_limited').find(
    (fact) => fact.stepKey === key && fact.attempt === attempt,
  );
  // A later call proves that the rate limit has ended.
  const isOver = limited !== undefined && isCalledAfter(record, step, limited);
  if (limited !== undefined && !isOver) {
    return raise({ kind: 'delay', cause: 'rate_limited', ...waiting(step), since: limited.at });
  }
  const putOff = putOffsOf(record, step).at(-1);
  const begun = factsOf(record, 'began').findLast((fact) => fact.step === step.name);
  if (putOff === undefined || (begun !== undefined && begun.at > putOff.at)) return null;
  return raise({ kind: 'delay', cause: 'put_off', ...waiting(step), detail: putOff.reason });
}

function waiting(step: Step): { stepKey: string; attempt: number } {
  return { stepKey: stepKey(step), attempt: step.attempt };
}

function isCalledAfter(
  record: OrderRecord,
  { name, round }: Step,
  limited: OrderRecord['facts'][number],
): boolean {
  const place = record.facts.indexOf(limited);
  return record.facts.slice(place + 1).some((fact) => {
    if (fact.type === 'quote_intended') return name === 'quote';
    const isDelivery = fact.type === 'delivery_intended' || fact.type === 'redelivery_intended';
    return isDelivery && name === 'deliver' && fact.round === round;
  });
}
