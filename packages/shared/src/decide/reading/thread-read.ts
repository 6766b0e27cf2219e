import { isOpen, type OrderSnapshot } from '../../order/order.ts';
import { factsOf, type OrderRecord } from '../../record/record.ts';
import { HOUR, MINUTE } from '../decision.ts';

/**
 * How often the thread of an open order is read while no webhook of the order proves that webhooks
 * arrive.
 */
const UNHEARD_LOOK = 30 * MINUTE;
/**
 * How often the thread is read while webhooks arrive: a single webhook may still be lost
 * (documented).
 */
const HEARD_LOOK = 6 * HOUR;
/** For how long a webhook proves that webhooks arrive. */
const PROOF = 24 * HOUR;

/**
 * Whether the thread must be read for messages of the buyer. The marketplace does not count such a
 * read (documented). The first read of a new order comes after the regular interval, like every
 * later read.
 */
export function hasMessagesToRead(record: OrderRecord, order: OrderSnapshot, now: number): boolean {
  if (!isOpen(order.status)) return false;
  const heardAt = factsOf(record, 'heard').at(-1)?.at;
  const isProven = heardAt !== undefined && now - heardAt < PROOF;
  const elapsed = now - (record.threadReadAt || (record.facts[0]?.at ?? now));
  // The clock of Redis may have stepped back.
  return elapsed < 0 || elapsed >= (isProven ? HEARD_LOOK : UNHEARD_LOOK);
}
