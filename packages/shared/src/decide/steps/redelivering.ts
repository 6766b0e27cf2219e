import type { Step } from '../../jobs/steps.ts';
import type { OrderSnapshot } from '../../order/order.ts';
import { MAX_REDELIVERIES, overwrittenOf, redeliveriesOf } from '../../order/overwritten.ts';
import type { OrderRecord } from '../../record/record.ts';
import type { Round } from '../../record/rounds.ts';
import { type Attention, MINUTE, type Stage } from '../decision.ts';
import { stepOrAttention } from '../failures.ts';

/** An overwritten delivery is made again once the order has stayed `paid` for this long: the marketplace may still be writing. */
const OVERWRITTEN_PATIENCE = MINUTE;

interface Redelivering {
  stage: Stage;
  steps: Step[];
  attention: Attention[];
  lookAgainAt: number;
}

/**
 * A round that we delivered and that the marketplace overwrote: it is delivered again, with the same URLs.
 * @returns null when the delivery was not overwritten.
 */
export function redelivering(record: OrderRecord, round: Round, now: number): Redelivering | null {
  const overwritten = overwrittenOf(record, round);
  if (overwritten === undefined) return null;
  const times = redeliveriesOf(record, round);
  const lookAgainAt = now + 10 * MINUTE;
  if (times >= MAX_REDELIVERIES) {
    const reason = `The marketplace overwrote our delivery ${times + 1} times: the order shows "paid" again, and our deliverables are in it. Deliver it on Atelier, or tell the buyer.`;
    const attention: Attention = { key: `overwritten:${round}`, reason, actions: ['acknowledge'] };
    return { stage: 'held', steps: [], attention: [attention], lookAgainAt };
  }
  const staysFrom = overwritten.at + OVERWRITTEN_PATIENCE;
  if (record.observedAt < staysFrom) {
    const nextRead = now < staysFrom ? staysFrom : now + OVERWRITTEN_PATIENCE;
    return { stage: 'delivering', steps: [], attention: [], lookAgainAt: nextRead };
  }
  return { stage: 'delivering', lookAgainAt, ...stepOrAttention(record, { name: 'deliver', round }) };
}

/** An overwritten delivery is looked at once more, a minute after it was first seen, before it is made again. */
export function mustConfirmOverwritten(
  record: OrderRecord,
  { status }: Pick<OrderSnapshot, 'status'>,
  now: number,
): boolean {
  if (status !== 'paid' && status !== 'in_progress') return false;
  const overwritten = overwrittenOf(record, '0');
  if (overwritten === undefined) return false;
  const staysFrom = overwritten.at + OVERWRITTEN_PATIENCE;
  return now >= staysFrom && record.observedAt < staysFrom;
}
