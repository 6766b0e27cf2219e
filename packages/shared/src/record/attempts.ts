import type { FactOf, Recorded } from '../facts/facts.ts';
import { parseStepKey, type StepId, stepKey } from '../jobs/step-key.ts';
import type { Step } from '../jobs/steps.ts';
import { factsOf, type OrderRecord } from './record.ts';
import { draftOf } from './review.ts';

/**
 * How many times a step was asked for again. An operator retried the step or had its round
 * regenerated, or the marketplace overwrote its delivery. The step's next job and its failure carry
 * this number.
 */
export function attemptOf(record: OrderRecord, step: StepId): number {
  const key = stepKey(step);
  const retries = factsOf(record, 'operator_retried').filter((fact) => fact.stepKey === key).length;
  const drafts = step.name === 'generate' ? draftOf(record, step.round) : 0;
  return (
    retries +
    drafts +
    (step.name === 'deliver' ? deliveriesMade(record, step.round) : 0) +
    (step.name === 'payout_retry' ? factsOf(record, 'payout_retry_answered').length : 0)
  );
}

/** How often a round was delivered: more than once if the marketplace overwrote a delivery. */
function deliveriesMade(record: OrderRecord, round: string): number {
  const deliveries = [...factsOf(record, 'delivered'), ...factsOf(record, 'redelivered')];
  return deliveries.filter((fact) => fact.round === round).length;
}

/**
 * How many times a worker began a price or generate step in the given attempt, crashes included.
 */
export function startsOf(record: OrderRecord, step: Step): number {
  return factsOf(record, 'began').filter(
    (fact) => fact.step === step.name && fact.round === step.round && fact.attempt === step.attempt,
  ).length;
}

/**
 * The beginnings that ended in a wait named by a service, and do not count as starts. Oldest first.
 */
export function putOffsOf(record: OrderRecord, step: Step): Recorded<FactOf<'put_off'>>[] {
  return factsOf(record, 'put_off').filter(
    (fact) => fact.step === step.name && fact.round === step.round && fact.attempt === step.attempt,
  );
}

/**
 * How many beginnings ended without a result of the handler: failed tries and crashes, but no waits
 * and no orderly stops.
 */
export function unfinishedStartsOf(record: OrderRecord, step: Step): number {
  const returned = factsOf(record, 'returned').filter(
    (fact) => fact.step === step.name && fact.round === step.round && fact.attempt === step.attempt,
  );
  return startsOf(record, step) - putOffsOf(record, step).length - returned.length;
}

/**
 * How often an operator had a handler called again for this order, in any round: a pricing or
 * generation retried, or a draft regenerated. Files by hand call no handler.
 */
export function callsAllowedAgain(record: OrderRecord): number {
  const retries = factsOf(record, 'operator_retried').filter((fact) => {
    const name = parseStepKey(fact.stepKey)?.name;
    return fact.byHand === undefined && (name === 'price' || name === 'generate');
  });
  const drafts = factsOf(record, 'reviewed').filter(
    ({ verdict, byHand }) => verdict === 'regenerate' && byHand === undefined,
  );
  return retries.length + drafts.length;
}
