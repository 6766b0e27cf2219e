import type { OrderCounts } from '@fulfillment/ledger';
import { DEFAULT_SORT, type Sort } from '@fulfillment/ledger';
import { type Html, html } from '../page/html.ts';
import { inline } from '../page/untrusted.ts';
import { type ListQuery, listPath } from './list-query.ts';

/** A named search. */
export interface View {
  name: string;
  text: string;
  /** Left out: the newest change first. */
  sort?: Sort;
  /** How many orders it finds. Null: not counted. */
  count: number | null;
}

/** The views that every console has. */
export function builtInViews({ open, waiting, late, unread }: OrderCounts): View[] {
  return [
    { name: 'All', text: '', count: null },
    { name: 'Open', text: 'is:open', count: open },
    { name: 'Needs you', text: 'is:waiting', count: waiting },
    { name: 'Late', text: 'is:late', count: late },
    {
      name: 'Late or due within 4 h',
      text: 'is:open due:<4h',
      sort: { column: 'price', direction: 'desc' },
      count: null,
    },
    { name: 'Unread', text: 'is:unread', count: unread },
    { name: 'With the buyer', text: 'is:in-review', count: null },
    { name: 'Paid out', text: 'is:paid-out', count: null },
  ];
}

/** The views as a row of links. */
export function viewChips({ views, query }: { views: readonly View[]; query: ListQuery }): Html {
  return html`<nav class="chips" aria-label="Views">${views.map(
    ({ name, text, sort = DEFAULT_SORT, count }) => {
      const path = listPath({ text, sort, page: 1 });
      return html`<a class="chip" href="${path}"${text === query.text && html` aria-current="page"`}>${inline(name)}${count !== null && html` <small>${count}</small>`}</a>`;
    },
  )}</nav>`;
}
