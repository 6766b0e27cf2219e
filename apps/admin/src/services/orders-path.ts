import { formatFilter } from '@fulfillment/ledger';
import type { Pausable } from '@fulfillment/platform';

/** The orders of one handler, service or agent, and of no other one with a similar name. */
export function ordersPath(part: Pausable, id: string): string {
  const filter = formatFilter([{ kind: 'text', field: part, text: id, isExact: true, isNegated: false }]);
  return `/orders?q=${encodeURIComponent(filter)}`;
}
