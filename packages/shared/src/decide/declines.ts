import { type Attention, raise } from '../attention/attention.ts';
import type { FactOf, Recorded } from '../facts/facts.ts';
import { stepKey } from '../jobs/step-key.ts';
import { attemptOf } from '../record/attempts.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf } from '../record/record.ts';
import { isDeclineUnsent, isReleased } from './steps/messages.ts';

/** A handler's decision not to quote, or not to work on a brief. */
type Decline = FactOf<'refused'>;

/**
 * The handler's current decline. An operator who retries the step, or releases the order, ends the
 * decline.
 */
export function declineOf(record: OrderRecord, name: 'price' | 'generate'): Recorded<Decline> | undefined {
  if (name === 'generate' && isReleased(record, '0', 'brief_declined')) return undefined;
  const attempt = attemptOf(record, { name, round: '0' });
  return factsOf(record, 'refused').find((fact) => fact.step === name && fact.attempt === attempt);
}

/**
 * The attention for a paid order whose brief the handler declines. No seller can cancel such an
 * order.
 */
export function raiseBriefDeclined(
  record: OrderRecord,
  { handler, reason: detail, attempt, at }: Recorded<Decline>,
): Attention {
  return raise({
    kind: 'declined',
    cause: 'brief_declined',
    round: '0',
    stepKey: stepKey({ name: 'generate', round: '0' }),
    attempt,
    handler,
    detail,
    isBuyerUninformed: isDeclineUnsent(record, '0', at),
  });
}

/**
 * The attention for an order that the handler declines to quote. The marketplace takes no message
 * before payment, so we cannot inform the buyer.
 */
export function raiseQuoteDeclined({ handler, reason: detail, attempt }: Decline): Attention {
  const step = { stepKey: stepKey({ name: 'price', round: '0' }), attempt };
  return raise({ kind: 'declined', cause: 'quote_declined', ...step, handler, detail });
}
