import type { OrdersTable } from '../database/schema.ts';

/** The columns that a list of orders can be sorted by. */
export const SORT_COLUMNS = {
  due: 'due_at',
  paid: 'paid_at',
  price: 'price_micros',
  cost: 'cost_micros',
  margin: 'margin_micros',
  updated: 'updated_at',
  created: 'created_at',
} as const satisfies Record<string, keyof OrdersTable>;

export type SortColumn = keyof typeof SORT_COLUMNS;

/** The order of a list. Orders without a value in the column come last, the newest change first. */
export interface Sort {
  column: SortColumn;
  direction: 'asc' | 'desc';
}

export const DEFAULT_SORT: Sort = { column: 'updated', direction: 'desc' };
