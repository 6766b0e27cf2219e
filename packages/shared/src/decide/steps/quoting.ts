import type { Step } from '../../jobs/steps.ts';
import type { OrderRecord } from '../../record/record.ts';
import { factOf } from '../../record/record.ts';
import { type Attention, CONTRADICTION_PATIENCE, MINUTE, type Stage } from '../decision.ts';
import { stepOrAttention } from '../failures.ts';
import { lateByLimits } from '../limited.ts';
import { quoteRefused, refusalOf } from '../refusing.ts';

interface Quoting {
  stage: Stage;
  steps: Step[];
  attention: Attention[];
  lookAgainAt?: number;
}

/** An order that waits for our price: price the order, then send the quote. */
export function quoting(record: OrderRecord, { due, now }: { due: number; now: number }): Quoting {
  const quoted = factOf(record, 'quoted');
  if (quoted) return contradicted(quoted.at, now);
  const refused = refusalOf(record, 'price');
  if (refused) return { stage: 'held', steps: [], attention: [quoteRefused(refused)] };
  const priced = factOf(record, 'priced') !== undefined;
  const missing = stepOrAttention(record, { name: priced ? 'quote' : 'price', round: '0' });
  const attention = [...missing.attention, ...lateByLimits(record, missing.steps, { due, now })];
  return { stage: priced ? 'quoting' : 'pricing', steps: missing.steps, attention };
}

/**
 * The marketplace waits for a price that it accepted. At first this may be an old answer. If it
 * lasts, a human decides.
 */
function contradicted(quotedAt: number, now: number): Quoting {
  if (now < quotedAt + CONTRADICTION_PATIENCE) {
    return { stage: 'awaiting_payment', steps: [], attention: [], lookAgainAt: now + MINUTE };
  }
  const reason = 'We quoted, yet the marketplace still waits for a price. Look at the order on Atelier.';
  return {
    stage: 'held',
    steps: [],
    attention: [{ key: 'contradicted:quote', reason, actions: ['acknowledge'] }],
  };
}
