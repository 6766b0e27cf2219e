import {
  type AttentionEntry,
  type AttentionGroup,
  DEFAULT_SORT,
  type Filter,
  type OrderCounts,
  type OrderRow,
} from '@fulfillment/ledger';
import { HOUR } from '@fulfillment/shared';
import type { AdminOptions } from '../options.ts';

/** How many orders of a group the page shows. The list of orders shows all. */
const SHOWN = 5;
const SOON_MS = 4 * HOUR;

/** A group of attentions, and its first orders. */
export interface ShownGroup {
  group: AttentionGroup;
  entries: readonly AttentionEntry[];
}

/** The data of the attention page. */
export interface AttentionData {
  counts: OrderCounts;
  groups: readonly ShownGroup[];
  /** How many of the waiting orders are due within four hours, or late. */
  dueSoon: number;
  /** Late orders that the product still works on. */
  late: { count: number; orders: readonly OrderRow[] };
}

const state = (name: 'waiting' | 'late' | 'open', isNegated = false) =>
  ({ kind: 'state', state: name, isNegated }) as const;
/** The filter of late orders that wait for nobody. */
const LATE_FILTER: Filter = [state('late'), state('waiting', true)];
const DUE_SOON_FILTER: Filter = [
  state('waiting'),
  { kind: 'span', field: 'due', comparison: '<', ms: SOON_MS, isNegated: false },
];

/** Reads what waits for the operator. */
export async function attentionData(options: AdminOptions, now: number): Promise<AttentionData> {
  const ledger = await options.ledger();
  const [counts, groups, dueSoon, late, lateOrders] = await Promise.all([
    ledger.attention.counts(now),
    ledger.attention.groups(),
    ledger.orders.count(DUE_SOON_FILTER, now),
    ledger.orders.count(LATE_FILTER, now),
    ledger.orders.search(
      LATE_FILTER,
      { ...DEFAULT_SORT, column: 'due', direction: 'asc' },
      { page: 1, size: SHOWN, now },
    ),
  ]);
  const shown = await Promise.all(
    groups.map(async (group) => ({ group, entries: await ledger.attention.entries(group, SHOWN) })),
  );
  return { counts, groups: shown, dueSoon: dueSoon.count, late: { count: late.count, orders: lateOrders } };
}
