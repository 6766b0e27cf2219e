import { type Attention, raise } from '../attention/attention.ts';
import type { OrderRecord } from '../record/record.ts';
import { factOf, factsOf } from '../record/record.ts';
import { HOUR } from './decision.ts';
import { isReleased } from './steps/messages.ts';

/**
 * An order that was paid after our quote expired. The marketplace has no end date for a quote, and
 * does not report the time of payment. The payment therefore counts from when we first heard of it
 * or saw it.
 * @returns the question to the operator. Null: the quote was valid, had no end, or the operator
 * released the order.
 */
export function raiseExpiredQuote(record: OrderRecord): Attention | null {
  const validHours = factOf(record, 'priced')?.validHours;
  const quotedAt = factOf(record, 'quoted')?.at;
  const paidAt = paymentSeenAt(record);
  if (validHours === undefined || quotedAt === undefined || paidAt === undefined) return null;
  const lateMs = paidAt - (quotedAt + validHours * HOUR);
  if (lateMs <= 0 || isReleased(record, '0', 'quote_expired')) return null;
  return raise({ kind: 'held_round', cause: 'quote_expired', round: '0', validHours, lateMs });
}

function paymentSeenAt(record: OrderRecord): number | undefined {
  const heard = factsOf(record, 'heard').find(({ event }) => event === 'order.paid')?.at;
  const seen = factsOf(record, 'seen').find(
    ({ status }) => status === 'paid' || status === 'in_progress',
  )?.at;
  return heard !== undefined && seen !== undefined ? Math.min(heard, seen) : (heard ?? seen);
}
