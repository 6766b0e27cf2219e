import { DEFAULT_SORT, type Ledger } from '@fulfillment/ledger';
import { refOf } from '@fulfillment/platform';
import type { OrderRef } from '@fulfillment/shared';
import { z } from 'zod';
import { readFilter } from '../list/list-query.ts';
import { BULK_ACTIONS } from './bulk-action.ts';
import type { BulkGroup } from './bulk-run.ts';

/** A bulk action takes at most this many orders. */
export const MOST_ORDERS = 5000;

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]);

/** The form of the list of orders, and of a group of the attention page. */
export const selectionForm = z.object({
  action: z.enum(BULK_ACTIONS),
  order: list,
  /** Every order that matches `q`, on all pages. */
  all: z.literal('yes').optional(),
  q: z.string().max(2000).default(''),
  kind: z.string().max(50).optional(),
  title: z.string().max(500).optional(),
  detail: z.string().max(2000).default(''),
});
export type SelectionForm = z.infer<typeof selectionForm>;

/** The selected orders, or why they cannot be found. */
export type Selection = Selected | { problem: string };

interface Selected {
  refs: OrderRef[];
  group: BulkGroup | null;
  /** More orders matched than one action takes. */
  isCut: boolean;
}

interface SelectOptions {
  /** In ms since the epoch. */
  now: number;
  /** How many orders one action takes. */
  most?: number;
}

/** Finds the orders that a form selects, as they are in the ledger now. */
export async function selectOrders(
  ledger: Ledger,
  form: SelectionForm,
  { now, most = MOST_ORDERS }: SelectOptions,
): Promise<Selection> {
  const selected = (refs: OrderRef[], group: BulkGroup | null): Selected => ({
    refs: refs.slice(0, most),
    group,
    isCut: refs.length > most,
  });
  const { kind, title, detail } = form;
  if (kind !== undefined && title !== undefined) {
    const groups = await ledger.attention.groups();
    const group = groups.find((one) => one.kind === kind && one.title === title && one.detail === detail);
    const entries = group === undefined ? [] : await ledger.attention.entries(group, most + 1);
    return selected(
      entries.map(({ order }) => refOf(order.key)),
      { kind, title, detail },
    );
  }
  if (form.all === undefined) return selected(form.order.map(refOf), null);
  const read = readFilter(form.q);
  if ('problem' in read) return read;
  return selected(await ledger.orders.ids(read.filter, DEFAULT_SORT, { now, limit: most + 1 }), null);
}
