import { type Step, stepKey } from '../jobs/steps.ts';
import { putOffsOf } from '../record/attempts.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf } from '../record/record.ts';
import type { Attention } from './decision.ts';

/**
 * What keeps an order that is due: a rate limit of the marketplace, or a service that puts its handler off. The steps go on being tried,
 * and end by themselves as soon as they may run. A human hears of it at the due time: what is in the way is often something that only
 * they can end, such as another program that uses the address' limit.
 * @param steps the steps that are missing. @param due when the order is due, in ms since the epoch.
 */
export function lateByLimits(
  record: OrderRecord,
  steps: readonly Step[],
  { due, now }: { due: number; now: number },
): Attention[] {
  return now < due ? [] : steps.flatMap((step) => limitOn(record, step) ?? []);
}

function limitOn(record: OrderRecord, step: Step): Attention | null {
  const { attempt } = step;
  const key = stepKey(step);
  const limited = factsOf(record, 'rate_limited').find(
    (fact) => fact.stepKey === key && fact.attempt === attempt,
  );
  if (limited !== undefined) {
    const since = new Date(limited.at).toISOString();
    const reason = `The order is due, and the marketplace has refused the step "${step.name}" for its rate limit (429) since ${since}. It is retried as soon as the limit allows. Does another program use the limit of this address?`;
    return { key: `rate_limited:${key}:${attempt}`, reason, actions: ['acknowledge'] };
  }
  const putOff = putOffsOf(record, step).at(-1);
  const begun = factsOf(record, 'began').findLast((fact) => fact.step === step.name);
  if (putOff === undefined || (begun !== undefined && begun.at > putOff.at)) return null;
  const reason = `The order is due, and its step "${step.name}" still waits: ${putOff.reason}`;
  return { key: `put_off:${key}:${attempt}`, reason, actions: ['acknowledge'] };
}
