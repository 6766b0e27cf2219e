import type { HandlerLine } from '@fulfillment/platform';
import { roundTitle } from '@fulfillment/shared';
import { type Html, html } from '../page/html.ts';
import { pointInTime } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';

/** The last lines that handlers logged about the order. */
export function handlerLogSection(lines: readonly HandlerLine[]): Html | false {
  return (
    lines.length > 0 &&
    html`<section class="panel" id="handler-log"><header><h2>Handler's log</h2><span class="muted">The last lines. The worker's log has all of them</span></header>
    <div class="table-box"><table class="stacked"><thead><tr><th>Time</th><th>Round</th><th>Line</th></tr></thead>
    <tbody>${lines.map(
      ({ at, level, handler, round, message, fields }) => html`<tr>
        <td data-label="Time">${pointInTime(at)}</td>
        <td data-label="Round">${roundTitle(round)}</td>
        <td class="wide">${level !== 'info' && html`<span class="pill ${level === 'error' ? 'bad' : 'warn'}">${level}</span> `}${inline(message)} <small>${inline(handler)}</small>
          ${fields !== '' && html`<div class="sub">${inline(fields)}</div>`}</td></tr>`,
    )}</tbody></table></div></section>`
  );
}
