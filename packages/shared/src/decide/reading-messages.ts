import { isOpen, type OrderSnapshot } from '../order/order.ts';
import { factsOf, type OrderRecord } from '../record/record.ts';
import { HOUR, MINUTE } from './decision.ts';

/**
 * How often the thread of an open order is read, while no webhook of the order proves that webhooks
 * arrive.
 */
const UNHEARD_LOOK = 30 * MINUTE;
/** How often it is read while they arrive: a single webhook may still be lost (documented). */
const HEARD_LOOK = 6 * HOUR;
/** For how long a webhook proves that webhooks arrive. */
const PROOF = 24 * HOUR;

/**
 * Whether the thread must be read for messages of the buyer. The marketplace counts no such read
 * (documented). A new order waits for its first read as long as for every other.
 */
export function mustReadMessages(record: OrderRecord, order: OrderSnapshot, now: number): boolean {
  if (!isOpen(order.status)) return false;
  const heardAt = factsOf(record, 'heard').at(-1)?.at;
  const isProven = heardAt !== undefined && now - heardAt < PROOF;
  const elapsed = now - (record.threadReadAt || (record.facts[0]?.at ?? now));
  // The clock of Redis may have stepped back.
  return elapsed < 0 || elapsed >= (isProven ? HEARD_LOOK : UNHEARD_LOOK);
}
