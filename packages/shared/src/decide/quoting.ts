import type { OrderRecord } from '../record.ts';
import { factOf } from '../record.ts';
import type { Step } from '../steps.ts';
import type { Attention, Stage } from './decision.ts';
import { stepOrAttention } from './failures.ts';

/** An order that waits for our price: price it, then send the quote. */
export function quoting(record: OrderRecord): { stage: Stage; steps: Step[]; attention: Attention[] } {
  const refused = factOf(record, 'refused');
  if (refused) {
    const attention: Attention = {
      key: 'refused',
      reason: `Handler "${refused.handler}" refused to quote: ${refused.reason} The marketplace takes no message before payment; tell the buyer yourself or let the request lapse.`,
      actions: ['acknowledge'],
    };
    return { stage: 'held', steps: [], attention: [attention] };
  }
  const priced = factOf(record, 'priced') !== undefined;
  const missing = stepOrAttention(record, { name: priced ? 'quote' : 'price', round: '0' });
  return { stage: priced ? 'quoting' : 'pricing', ...missing };
}
