import type { OrderCount, OrderTotals } from '@fulfillment/ledger';
import { count } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { icon } from '../page/icon.ts';
import { cost, dollars } from '../page/money.ts';
import { bulkBar } from './bulk-bar.ts';
import { filterHelp } from './filter-help.ts';
import { type ListQuery, listPath } from './list-query.ts';
import { type OrderTable, orderTable } from './order-table.ts';
import type { SavedView } from './view-store.ts';
import { type View, viewChips } from './views.ts';

export const PAGE_SIZE = 50;

export interface ListView extends OrderTable {
  found: OrderCount;
  /** Null: too many orders match to add them up. */
  totals: OrderTotals | null;
  views: readonly View[];
  saved: readonly SavedView[];
}

/** The list of orders. */
export function listPage(view: ListView): Html {
  const { query, orders, found, totals, canSelect } = view;
  return html`${listHead(query, html`${countText(found)}${totals === null ? ' · narrow the search to see the sums' : totals.count > 0 && totalsText(totals)}`)}
    ${viewChips({ ...view, mayAct: canSelect })}
    <form method="post" action="/bulk/preview" class="panel" data-selection id="order-list">
      <input type="hidden" name="q" value="${query.text}">
      ${canSelect && orders.length > 0 && bulkBar(found)}
      ${orders.length > 0 ? orderTable(view) : emptyList(view)}
    </form>
    ${paging(view)}
    ${filterHelp()}`;
}

/** The list when the search text cannot be read. The text stays in the search box. */
export function brokenListPage(query: ListQuery, problem: string): Html {
  return html`${listHead(query, html``)}
    <p class="warning bad" role="alert"><strong>This search cannot be read.</strong> ${problem}</p>
    ${filterHelp(true)}`;
}

function listHead(query: ListQuery, summary: Html): Html {
  const [csv, jsonl] = (['csv', 'jsonl'] as const).map((format) =>
    listPath({ ...query, page: 1 }, `/orders/export.${format}`),
  );
  return html`<div class="page-head"><h1>Orders</h1><span class="muted" role="status">${summary}</span>
    <span class="end"><a class="button small" href="/bulk">Bulk actions</a>
    <a class="button small" href="${csv ?? ''}">${icon('download')} CSV</a>
    <a class="button small" href="${jsonl ?? ''}">${icon('download')} JSONL</a></span></div>`;
}

function countText({ count: found, isExact }: OrderCount): string {
  return isExact ? count(found, 'order') : `more than ${count(found, 'order')}`;
}

/**
 * The sums of all orders that match. An unknown cost is not 0, so the text says how many orders
 * have one.
 */
function totalsText({
  count: all,
  price,
  cost: spent,
  withKnownCost,
  margin,
  withMargin,
}: OrderTotals): Html {
  const unknown = all - withKnownCost;
  const left = all - withMargin;
  const isUnknown = withKnownCost === 0 && spent === 0;
  return html` · ${dollars(price)} · cost ${isUnknown ? 'unknown' : `${cost(spent)}${unknown > 0 ? ` or more (unknown for ${unknown})` : ''}`}
    · margin ${withMargin === 0 ? 'unknown' : dollars(margin)}${withMargin > 0 && left > 0 && ` (of ${withMargin})`}`;
}

function emptyList({ query, found }: ListView): Html {
  if (found.count > 0) {
    const last = Math.ceil(found.count / PAGE_SIZE);
    return html`<div class="empty"><h2>This page is beyond the last one</h2>
      <p><a href="${listPath({ ...query, page: last })}">Go to page ${last}</a></p></div>`;
  }
  if (query.text !== '') {
    return html`<div class="empty">${icon('search')}<h2>No order matches</h2>
      <p>Check the spelling, or remove a part of the search. <a href="/orders">Show all orders</a></p></div>`;
  }
  return html`<div class="empty">${icon('inbox')}<h2>No order yet</h2>
    <p>Orders appear here as soon as a buyer places one on Atelier. With the sandbox, place one on its buyer page.</p></div>`;
}

function paging({ query, found }: ListView): Html | false {
  const pages = Math.ceil(found.count / PAGE_SIZE);
  if (pages <= 1) return false;
  const { page } = query;
  return html`<nav class="paging" aria-label="Pages">
    ${page > 1 && html`<a href="${listPath({ ...query, page: page - 1 })}" rel="prev">${icon('chevron-left')} Previous</a>`}
    <span>Page ${page} of ${found.isExact ? pages : `${pages} or more`}</span>
    ${page < pages && html`<a href="${listPath({ ...query, page: page + 1 })}" rel="next">Next ${icon('chevron-right')}</a>`}
  </nav>`;
}
