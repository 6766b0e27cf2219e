import type { FailureRow, MoneyRow, WorkRow } from '@fulfillment/ledger';
import type { Pausable, WorkPause } from '@fulfillment/platform';
import { type Html, html } from '../page/html.ts';
import { cost, dollars, percent } from '../page/money.ts';
import { markField } from '../page/pause-mark.ts';
import { distance } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';
import { ordersPath } from './orders-path.ts';
import { workPanel } from './work-panel.ts';

/** A handler, a service or an agent that orders belong to. */
export interface Part {
  part: Pausable;
  id: string;
  name: string;
  /** The sums of its orders of the last 30 days. Null: it has none. */
  sums: MoneyRow | null;
  /** How the work for these orders went. Null: it has none. */
  work: WorkRow | null;
  /** Why its orders wait after a failure, the most frequent first. */
  failures: readonly FailureRow[];
  pause: WorkPause | null;
}

export interface ServicesView {
  parts: readonly Part[];
  mayAct: boolean;
  /** By Redis' clock, in ms since the epoch. */
  now: number;
}

const PANELS: readonly [Pausable, title: string, empty: string][] = [
  ['handler', 'Handlers', 'The configuration has no handler.'],
  ['service', 'Services', 'A service appears here with its first paid order.'],
  ['agent', 'Agents', 'An agent appears here once its key is accepted.'],
];

/** What the handlers, services and agents earn and cost, and which of them are paused. */
export function servicesPage(view: ServicesView): Html {
  return html`<div class="page-head"><h1>Services</h1><span class="muted">Orders paid in the last 30 days</span></div>
    <p class="muted">While a part is paused, no handler begins for its orders, on any host. Work that runs is finished, and finished work is delivered.
      Due times go on.</p>
    ${PANELS.map(([part, title, empty]) => panel(view, { part, title, empty }))}
    ${workPanel(PANELS.flatMap(([part]) => view.parts.filter((one) => one.part === part)))}`;
}

function panel(
  view: ServicesView,
  { part, title, empty }: { part: Pausable; title: string; empty: string },
): Html {
  const rows = view.parts.filter((one) => one.part === part);
  return html`<section class="panel" id="${part}s"><header><h2>${title}</h2></header>
    ${
      rows.length === 0
        ? html`<div class="body"><p class="none">${empty}</p></div>`
        : html`<div class="table-box"><table class="stacked">
      <thead><tr><th>Name</th><th class="num">Orders</th><th class="num">Booked</th><th class="num">Cost</th>
        <th class="num">Cost per order</th><th class="num">Margin</th><th class="num">Margin %</th><th>State</th>${view.mayAct && html`<th>Action</th>`}</tr></thead>
      <tbody>${rows.map((row) => line(row, view))}</tbody>
    </table></div>`
    }</section>`;
}

function line(row: Part, { mayAct, now }: ServicesView): Html {
  const { part, id, name, sums, pause } = row;
  const orders = sums?.orders ?? 0;
  const hasKnownCost = sums !== null && sums.ordersWithUnknownCost < sums.orders;
  return html`<tr data-part="${part}:${id}">
    <td class="wide"><a class="title" href="${ordersPath(part, id)}">${inline(name)}</a></td>
    <td class="num" data-label="Orders">${orders}</td>
    <td class="num" data-label="Booked">${dollars(sums?.booked ?? 0)}</td>
    <td class="num" data-label="Cost">${hasKnownCost ? cost(sums.cost) : '–'}</td>
    <td class="num" data-label="Cost per order">${hasKnownCost ? cost(sums.cost / (sums.orders - sums.ordersWithUnknownCost)) : '–'}</td>
    <td class="num" data-label="Margin">${dollars(hasKnownCost ? sums.margin : null)}</td>
    <td class="num" data-label="Margin %">${hasKnownCost ? percent(sums.margin, sums.marginNet) : '–'}</td>
    <td data-label="State">${
      pause === null
        ? html`<span class="pill ok">Running</span>`
        : html`<span class="pill warn">Paused</span> <small>by ${pause.by} ${distance(pause.since, now)}</small>`
    }</td>
    ${mayAct && html`<td>${button(row)}</td>`}
  </tr>`;
}

function button({ part, id, name, pause }: Part): Html {
  const [action, label] = pause === null ? (['pause', 'Pause'] as const) : (['resume', 'Resume'] as const);
  return html`<form method="post" action="/services/${action}">
    <input type="hidden" name="part" value="${part}"><input type="hidden" name="id" value="${id}">
    ${markField(pause)}
    <button class="small" aria-label="${label} ${part} ${name}">${label}</button></form>`;
}
