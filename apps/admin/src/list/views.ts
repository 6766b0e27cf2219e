import type { OrderCounts } from '@fulfillment/ledger';
import { DEFAULT_SORT, type Sort } from '@fulfillment/ledger';
import { type Html, html } from '../page/html.ts';
import { icon } from '../page/icon.ts';
import { inline } from '../page/untrusted.ts';
import { type ListQuery, listPath } from './list-query.ts';
import type { SavedView } from './view-store.ts';

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

interface ShownViews {
  views: readonly View[];
  saved: readonly SavedView[];
  query: ListQuery;
  mayAct: boolean;
}

/** The views as a row of links, and the form that saves the current search as one. */
export function viewChips({ views, saved, query, mayAct }: ShownViews): Html {
  const current = listPath({ ...query, page: 1 });
  const mine = saved.find(({ path }) => path === current);
  return html`<nav class="chips" aria-label="Views">${views.map(
    ({ name, text, sort = DEFAULT_SORT, count }) => {
      const path = listPath({ text, sort, page: 1 });
      return html`<a class="chip" href="${path}"${text === query.text && html` aria-current="page"`}>${inline(name)}${count !== null && html` <small>${count}</small>`}</a>`;
    },
  )}
  ${saved.map(({ name, path }) => html`<a class="chip" href="${path}"${path === current && html` aria-current="page"`}>${icon('list')} ${inline(name)}</a>`)}
  ${mayAct && (mine === undefined ? saveForm(query) : removeForm(mine))}
  </nav>`;
}

function saveForm({ text, sort }: ListQuery): Html {
  return html`<details id="save-view"><summary>Save this view</summary>
    <form class="actions" method="post" action="/orders/views">
      <input type="hidden" name="q" value="${text}"><input type="hidden" name="sort" value="${sort.column}">
      <input type="hidden" name="dir" value="${sort.direction}">
      <input name="name" required maxlength="60" aria-label="Name of the view" placeholder="Name of the view">
      <button class="small">Save</button>
    </form></details>`;
}

function removeForm({ name }: SavedView): Html {
  return html`<form method="post" action="/orders/views/remove"><input type="hidden" name="name" value="${name}">
    <button class="quiet small">${icon('x')} Remove this view</button></form>`;
}
