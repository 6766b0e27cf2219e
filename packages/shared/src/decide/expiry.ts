import type { OrderRecord } from '../record/record.ts';
import { factOf, factsOf } from '../record/record.ts';
import { type Attention, HOUR } from './decision.ts';
import { isReleased } from './steps/messaging.ts';

const QUOTE_EXPIRED = 'quote_expired';

/**
 * An order that was paid after our quote expired. The marketplace has no end date for a quote, and
 * does not report the time of payment. The payment therefore counts from when we first heard of it
 * or saw it.
 * @returns the question to the operator. Null: the quote was valid, had no end, or the operator
 * released the order.
 */
export function expiredQuote(record: OrderRecord): Attention | null {
  const validHours = factOf(record, 'priced')?.validHours;
  const quotedAt = factOf(record, 'quoted')?.at;
  const paidAt = paymentSeenAt(record);
  if (validHours === undefined || quotedAt === undefined || paidAt === undefined) return null;
  const late = paidAt - (quotedAt + validHours * HOUR);
  if (late <= 0 || isReleased(record, '0', QUOTE_EXPIRED)) return null;
  const hours = late < HOUR ? 'less than an hour' : `${Math.floor(late / HOUR)} hours`;
  return {
    key: QUOTE_EXPIRED,
    reason: `The order was paid ${hours} after the quote expired, which was valid for ${validHours} hours. Release it to do it for that price, or settle it with the buyer on Atelier.`,
    actions: ['release'],
    round: '0',
  };
}

function paymentSeenAt(record: OrderRecord): number | undefined {
  const heard = factsOf(record, 'heard').find(({ event }) => event === 'order.paid')?.at;
  const seen = factsOf(record, 'seen').find(
    ({ status }) => status === 'paid' || status === 'in_progress',
  )?.at;
  return heard !== undefined && seen !== undefined ? Math.min(heard, seen) : (heard ?? seen);
}
