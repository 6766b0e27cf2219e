import type { Decision } from '@fulfillment/shared';

/** Whether a decision needs no read, and adds or removes nothing but jobs of its steps. */
export function asksNothing(decision: Decision): boolean {
  const { readOrder, readService, readThread, readMessages, facts, cancelledSteps, canStart } = decision;
  const reads = readOrder || readMessages || readService !== null || readThread !== null;
  return canStart && !reads && facts.length === 0 && cancelledSteps.length === 0;
}
