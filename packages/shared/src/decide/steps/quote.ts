import { type Attention, raise } from '../../attention/attention.ts';
import type { Step } from '../../jobs/steps.ts';
import type { OrderRecord } from '../../record/record.ts';
import { factOf } from '../../record/record.ts';
import { CONTRADICTION_PATIENCE, MINUTE, type OrderStage } from '../decision.ts';
import { declineOf, raiseQuoteDeclined } from '../declines.ts';
import { requestStep } from '../failures.ts';
import { raiseLateSteps } from '../late-steps.ts';

interface QuoteNeeds {
  stage: OrderStage;
  steps: Step[];
  attention: Attention[];
  lookAgainAt?: number;
}

/** An order that waits for our price: price the order, then send the quote. */
export function decideQuote(record: OrderRecord, { due, now }: { due: number; now: number }): QuoteNeeds {
  const quoted = factOf(record, 'quoted');
  if (quoted) return contradicted(quoted.at, now);
  const declined = declineOf(record, 'price');
  if (declined) return { stage: 'held', steps: [], attention: [raiseQuoteDeclined(declined)] };
  const priced = factOf(record, 'priced') !== undefined;
  const missing = requestStep(record, { name: priced ? 'quote' : 'price', round: '0' });
  const attention = [...missing.attention, ...raiseLateSteps(record, missing.steps, { due, now })];
  return { stage: priced ? 'quoting' : 'pricing', steps: missing.steps, attention };
}

/**
 * The marketplace waits for a price that it accepted. At first this may be an old answer. If it
 * lasts, a human decides.
 */
function contradicted(quotedAt: number, now: number): QuoteNeeds {
  if (now < quotedAt + CONTRADICTION_PATIENCE) {
    return { stage: 'awaiting_payment', steps: [], attention: [], lookAgainAt: now + MINUTE };
  }
  const attention = raise({ kind: 'status', cause: 'quote_contradicted' });
  return { stage: 'held', steps: [], attention: [attention] };
}
