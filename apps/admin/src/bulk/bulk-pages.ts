import { orderPath } from '../board.ts';
import { count } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { icon } from '../page/icon.ts';
import { distance } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';
import { BULK_CONSEQUENCES, BULK_LABELS } from './bulk-action.ts';
import type { BulkResult, BulkRun, BulkSummary } from './bulk-run.ts';
import { MOST_ORDERS } from './bulk-selection.ts';
import { BULK_DAYS } from './bulk-store.ts';

/** What a bulk action would do now. */
export interface Preview {
  run: BulkRun;
  /** How many of the orders wait for the action now. */
  waiting: number;
  /** Where the operator came from. */
  backTo: string;
}

const CUT = `More than ${MOST_ORDERS} orders match. One action takes ${MOST_ORDERS}. When it has finished, start it again for the rest.`;

/** The question before a bulk action, with the number of orders that it concerns. */
export function previewPage({ run, waiting, backTo }: Preview): Html {
  const { action, total, id, group, isCut } = run;
  const skipped = total - waiting;
  return html`<div class="page-head"><h1>${BULK_LABELS[action]}: ${count(total, 'order')}</h1></div>
    <section class="panel"><div class="body">
      ${group !== null && html`<p>${inline(group.title)}${group.detail && html`<br><span class="muted">${inline(group.detail)}</span>`}</p>`}
      ${isCut && html`<p class="warning">${CUT}</p>`}
      <p><strong>${count(waiting, 'order')}</strong> ${waiting === 1 ? 'waits' : 'wait'} for this action now.
      ${skipped > 0 && html`${count(skipped, 'order')} moved on and will be skipped.`}</p>
      <p>${BULK_CONSEQUENCES[action]}</p>
      <p class="muted">The set of orders is fixed. Orders that come later are not part of it.</p>
      <form class="actions" method="post" action="/bulk/${id}/start" data-ends-selection>
        <button class="primary"${waiting === 0 && html` disabled`}>${BULK_LABELS[action]} ${count(waiting, 'order')}</button>
        <a class="button" href="${backTo}">Cancel</a>
      </form>
    </div></section>`;
}

const OUTCOMES: Record<BulkResult['outcome'], [word: string, tone: string]> = {
  done: ['Done', 'ok'],
  skipped: ['Skipped', 'mute'],
  failed: ['Failed', 'bad'],
};

const STATES: Record<BulkRun['state'], [word: string, tone: string]> = {
  planned: ['Not started', 'info'],
  running: ['Running', 'info'],
  finished: ['Finished', 'ok'],
};

function statePill(state: BulkRun['state']): Html {
  const [word, tone] = STATES[state];
  return html`<span class="pill ${tone}">${word}</span>`;
}

/** The started bulk actions, the newest first. */
export function bulkListPage(runs: readonly BulkSummary[], now: number): Html {
  return html`<a class="back" href="/orders">${icon('chevron-left')} Orders</a>
    <div class="page-head"><h1>Bulk actions</h1><span class="muted">of the last ${BULK_DAYS} days</span></div>
    <section class="panel">${runs.length === 0 ? noRuns() : runTable(runs, now)}</section>`;
}

function noRuns(): Html {
  return html`<div class="empty">${icon('inbox')}<h2>No bulk action yet</h2>
    <p>Select orders in the list of orders, or act on a whole group of the attention page.</p></div>`;
}

function runTable(runs: readonly BulkSummary[], now: number): Html {
  return html`<div class="table-box"><table class="stacked">
    <thead><tr><th>Action</th><th>State</th><th>By</th><th class="num">Started</th></tr></thead>
    <tbody>${runs.map(
      ({ id, action, total, left, group, state, by, startedAt }) => html`<tr data-row id="run-${id}">
        <td class="wide"><a class="title" href="/bulk/${id}">${BULK_LABELS[action]}: ${count(total, 'order')}</a>
          ${group !== null && html`<div class="sub">${inline(group.title)}</div>`}</td>
        <td>${statePill(state)}${state === 'running' && html` <span class="muted">${total - left} of ${total}</span>`}</td>
        <td data-label="By">${inline(by)}</td>
        <td class="num" data-label="Started">${startedAt === null ? '–' : distance(startedAt, now)}</td></tr>`,
    )}</tbody></table></div>`;
}

/** How far a bulk action is, and what became of each order. */
export function bulkPage(run: BulkRun): Html {
  const { action, total, left, results, state } = run;
  const counted = (outcome: BulkResult['outcome']) =>
    results.filter((result) => result.outcome === outcome).length;
  return html`<a class="back" href="/bulk">${icon('chevron-left')} Bulk actions</a>
    <div class="page-head"><h1>${BULK_LABELS[action]}: ${count(total, 'order')}</h1>
      ${statePill(state)}
      <span class="muted">by ${run.by}</span></div>
    <section class="panel"><div class="body">
      <label for="bulk-progress">${total - left} of ${total} orders handled</label>
      <progress id="bulk-progress" max="${total}" value="${total - left}"></progress>
      <p>${counted('done')} done, ${counted('skipped')} skipped, ${counted('failed')} failed.
        ${run.isCut && CUT}
        ${state === 'running' && 'You can leave this page. The action continues, also after a restart.'}</p>
    </div>
    ${
      results.length > 0 &&
      html`<div class="table-box"><table class="stacked"><thead><tr><th>Order</th><th>Result</th><th>Detail</th></tr></thead>
      <tbody>${results.map(
        ({ ref, outcome, detail }) => html`<tr data-row id="result-${ref.orderId}">
        <td class="wide"><a class="title" href="${orderPath(ref)}">${ref.orderId}</a></td>
        <td><span class="pill ${OUTCOMES[outcome][1]}">${OUTCOMES[outcome][0]}</span></td><td>${inline(detail)}</td></tr>`,
      )}</tbody></table></div>`
    }</section>`;
}
