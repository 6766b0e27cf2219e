import { attentionName, parseStepKey, stepNameOf } from '@fulfillment/shared';
import { orderPath } from '../board.ts';
import { type Html, html } from '../page/html.ts';
import { icon } from '../page/icon.ts';
import { pointInTime } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';
import { ACTION_NAMES, ACTIONS, type ActionName } from './audit-actions.ts';
import type { AuditQuery, AuditRow, AuditRows } from './audit-data.ts';

export interface AuditView extends AuditRows {
  query: AuditQuery;
  operators: readonly string[];
}

/** Who did what, when, and to which order. */
export function auditPage({ query, rows, hasOlder, operators }: AuditView): Html {
  return html`<div class="page-head"><h1>Audit</h1><span class="muted">What operators did, the newest first</span></div>
    ${filterForm(query, operators)}
    <section class="panel">${
      rows.length === 0
        ? html`<div class="empty">${icon('list')}<h2>No action matches</h2><p>Each button that an operator presses appears here.
            <a href="/audit">Show all actions</a></p></div>`
        : html`<div class="table-box"><table class="stacked">
      <thead><tr><th>Time</th><th>Who</th><th>Action</th><th>About</th><th>Order</th></tr></thead>
      <tbody>${rows.map(line)}</tbody></table></div>${hasOlder && olderLink(query, rows)}`
    }</section>`;
}

function filterForm({ by, action }: AuditQuery, operators: readonly string[]): Html {
  const option = (value: string, label: string, isChosen: boolean) =>
    html`<option value="${value}"${isChosen && html` selected`}>${label}</option>`;
  return html`<form class="actions" action="/audit">
    <label>Who <select name="by">${option('', 'Everybody', by === null)}${operators.map((name) => option(name, name, name === by))}</select></label>
    <label>Action <select name="action">${option('', 'Every action', action === null)}${ACTIONS.map((name) => option(name, ACTION_NAMES[name], name === action))}</select></label>
    <button>Filter</button> <a class="button" href="/audit/export.csv${queryOf({ by: by ?? '', action: action ?? '' })}">CSV</a></form>`;
}

function line({ at, operator, action, subject, note, ref, service }: AuditRow): Html {
  return html`<tr>
    <td data-label="Time">${pointInTime(at)}</td>
    <td data-label="Who">${inline(operator)}</td>
    <td data-label="Action">${isActionName(action) ? ACTION_NAMES[action] : action}</td>
    <td data-label="About" class="wide">${inline(aboutOf(action, subject))}${note !== null && html`<div class="sub">${inline(note)}</div>`}</td>
    <td data-label="Order">${ref !== null && html`<a href="${orderPath(ref)}">${inline(service ?? ref.orderId)}</a>`}</td>
  </tr>`;
}

function isActionName(action: string): action is ActionName {
  return Object.hasOwn(ACTION_NAMES, action);
}

/** The subject of an action, in words. */
function aboutOf(action: string, subject: string): string {
  if (parseStepKey(subject) !== null) return stepNameOf(subject);
  return action === 'release' || action === 'acknowledge' ? attentionName(subject) : subject;
}

function olderLink(query: AuditQuery, rows: readonly AuditRow[]): Html | false {
  const last = rows.at(-1);
  if (last === undefined) return false;
  const state = { by: query.by ?? '', action: query.action ?? '', before: String(last.at) };
  return html`<footer><a href="/audit${queryOf(state)}">Older</a></footer>`;
}

/** The query of a URL, without empty values. */
function queryOf(state: Record<string, string>): string {
  const filled = Object.entries(state).filter(([, value]) => value !== '');
  return filled.length === 0 ? '' : `?${new URLSearchParams(filled).toString()}`;
}
