import type { FactOf, Recorded } from '../facts/facts.ts';
import { stepKey } from '../jobs/steps.ts';
import { attemptOf } from '../record/attempts.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf } from '../record/record.ts';
import type { Attention } from './decision.ts';
import { isReleased, refusalUntold } from './steps/messaging.ts';

/** The attention of a paid order whose brief its handler refuses. */
export const BRIEF_REFUSED = 'brief_refused';

/**
 * The handler's current refusal. An operator who retries the step, or releases the order, ends the
 * refusal.
 */
export function refusalOf(
  record: OrderRecord,
  name: 'price' | 'generate',
): Recorded<FactOf<'refused'>> | undefined {
  if (name === 'generate' && isReleased(record, '0', BRIEF_REFUSED)) return undefined;
  const attempt = attemptOf(record, { name, round: '0' });
  return factsOf(record, 'refused').find((fact) => fact.step === name && fact.attempt === attempt);
}

/**
 * The attention for a paid order whose brief the handler refuses. No seller can cancel such an
 * order.
 */
export function briefRefused(
  record: OrderRecord,
  { handler, reason, attempt, at }: Recorded<FactOf<'refused'>>,
): Attention {
  return {
    key: BRIEF_REFUSED,
    reason: `Handler "${handler}" refuses the brief: ${reason}\nRelease the order to have it done all the same, retry to ask the handler again, or settle it with the buyer on Atelier.${refusalUntold(record, '0', at)}`,
    actions: ['release', 'retry'],
    round: '0',
    stepKey: stepKey({ name: 'generate', round: '0' }),
    attempt,
  };
}

/**
 * The attention for a refused quote. The marketplace takes no message before payment, so we cannot
 * tell the buyer.
 */
export function quoteRefused({ handler, reason, attempt }: FactOf<'refused'>): Attention {
  return {
    key: attempt === 0 ? 'refused' : `refused:${attempt}`,
    reason: `Handler "${handler}" refused to quote: ${reason}\nThe marketplace takes no message before payment: tell the buyer yourself or let the request lapse. Retry to ask the handler again.`,
    actions: ['retry', 'acknowledge'],
    stepKey: stepKey({ name: 'price', round: '0' }),
    attempt,
  };
}
