import type { BudgetState } from '@fulfillment/platform';
import { duration } from '../page/format.ts';
import { type Html, type HtmlValue, html } from '../page/html.ts';
import { distance } from '../page/times.ts';
import type { SystemState } from '../system/system-state.ts';

interface BudgetView extends Pick<SystemState, 'budget' | 'readLagMs'> {
  /** The longest window of the budget. */
  windowMs: number;
}

/** The API budget of this address, what the marketplace rejects, and how far its reads lag. */
export function budgetSection({ budget, readLagMs, windowMs }: BudgetView, now: number): Html {
  const fields: [string, HtmlValue][] = [
    ['Calls in this window', budget.used],
    ['Deliveries left', budget.isLimited ? budget.left : 'not limited'],
    ['Window', windowText(budget, windowMs, now)],
    ['Rate limited by the marketplace', rateLimited(budget, now)],
    ['Held back for deliveries', heldBack(budget)],
    ['Reads of the marketplace lag', readLagMs > 0 && lag(readLagMs)],
  ];
  return html`<section class="panel"><header><h2>API calls</h2><span class="muted">All agents behind this address share them</span></header>
    <dl class="body fields">${fields.map(([name, value]) => value !== false && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  </section>`;
}

function windowText({ windowEnd }: BudgetState, windowMs: number, now: number): Html {
  const length = duration(windowMs);
  return windowEnd === null
    ? html`${length}, from the next call`
    : html`${length}, ends ${distance(windowEnd, now)}`;
}

function rateLimited({ refusedUntil }: BudgetState, now: number): HtmlValue {
  const rows = Object.entries(refusedUntil);
  return (
    rows.length > 0 &&
    rows.map(([name, until]) => html`<div class="caution">${name} ${distance(until, now)}</div>`)
  );
}

function heldBack({ held }: BudgetState): HtmlValue {
  const rows = Object.entries(held);
  return rows.length > 0 && rows.map(([name, times]) => `${name} ${times}×`).join(', ');
}

function lag(readLagMs: number): Html {
  return html`by ${Math.ceil(readLagMs / 1000)} s or more <small>a call of unknown outcome is repeated later than usual</small>`;
}
