import type { FailureRow, WorkRow } from '@fulfillment/ledger';
import type { Pausable } from '@fulfillment/platform';
import { count, duration } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { inline } from '../page/untrusted.ts';
import { ordersPath } from './orders-path.ts';

/** A handler, a service or an agent, and how the work for its orders went. */
interface WorkedPart {
  part: Pausable;
  id: string;
  name: string;
  work: WorkRow | null;
  failures: readonly FailureRow[];
}

/** How the work went: success, run times, tries, and what buyers thought of it. */
export function workPanel(parts: readonly WorkedPart[]): Html | false {
  const worked = parts.filter(({ work }) => work !== null);
  if (worked.length === 0) return false;
  return html`<section class="panel" id="work">
    <header><h2>Quality</h2><span class="muted">Success: the share of delivered orders among those that were delivered or ended without a delivery. Below a name: failures of its handler in these 30 days</span></header>
    <div class="table-box"><table class="stacked">
      <thead><tr><th>Name</th><th class="num">Success</th><th class="num">Run time,<br>median</th><th class="num">Run time,<br>95th percentile</th>
        <th class="num">Tries<br>per order</th><th class="num">Revisions</th><th class="num">Disputes</th><th class="num">Rating</th></tr></thead>
      <tbody>${worked.map((part) => part.work !== null && line(part, part.work))}</tbody>
    </table></div></section>`;
}

/** So many causes of failures are shown. */
const MOST_CAUSES = 3;

function line({ part, id, name, failures }: WorkedPart, work: WorkRow): Html {
  const ended = work.delivered + work.lost;
  return html`<tr>
    <td class="wide"><span class="muted">${part} </span><a class="title" href="${ordersPath(part, id)}">${inline(name)}</a>${failures.slice(0, MOST_CAUSES).map(cause)}</td>
    <td class="num" data-label="Success">${ended === 0 ? '–' : `${Math.floor((100 * work.delivered) / ended)} %`} <small>of ${ended}</small></td>
    <td class="num" data-label="Run time, median">${time(work.medianRunMs)}</td>
    <td class="num" data-label="Run time, 95th percentile">${time(work.p95RunMs)}</td>
    <td class="num" data-label="Tries per order">${(work.tries / work.orders).toFixed(1)}</td>
    <td class="num" data-label="Revisions">${work.revisions}</td>
    <td class="num" data-label="Disputes">${work.disputed > 0 ? html`<strong class="bad">${work.disputed}</strong>` : 0}</td>
    <td class="num" data-label="Rating">${work.rating === null ? '–' : html`${work.rating.toFixed(1)} <small>of ${work.ratings}</small>`}</td>
  </tr>`;
}

/** A failure of the handler, and how many orders wait for the operator because of it. */
function cause({ title, detail, orders }: FailureRow): Html {
  return html`<div class="sub whole">${count(orders, 'order')} ${orders === 1 ? 'waits' : 'wait'}: ${inline(detail === '' ? title : `${title}: ${detail}`)}</div>`;
}

function time(ms: number | null): string {
  return ms === null ? '–' : duration(ms);
}
