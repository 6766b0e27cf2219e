import type { ProcessEntry } from '@fulfillment/platform';
import { bytes, duration } from '../page/format.ts';
import { type Html, type HtmlValue, html } from '../page/html.ts';
import { distance } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';
import type { FleetState } from './fleet-state.ts';

/** The apps that every order needs. */
const NEEDED_APPS = ['ingestor', 'generation-worker', 'delivery-worker'];

/** The processes of the fleet, and the state of Redis and the ledger. */
export function fleetSection(state: FleetState, now: number): Html {
  const { processes } = state;
  const missing = NEEDED_APPS.filter((app) => !processes.some((entry) => entry.app === app));
  return html`${missing.map((app) => html`<p class="warning bad"><strong>No ${app} runs.</strong> Start one: no order passes without it.</p>`)}
  <section class="panel" id="processes">
    <header><h2>Processes</h2><span class="muted">An app that is killed disappears after 30 s</span></header>
    <div class="table-box"><table class="stacked">
      <thead><tr><th>App</th><th>Host</th><th>Version</th><th>Up since</th><th>Works on</th></tr></thead>
      <tbody>${processes.map((entry) => row(entry, now))}</tbody>
    </table></div>
  </section>
  ${servicesSection(state, now)}`;
}

function row({ app, host, pid, version, startedAt, jobs, running }: ProcessEntry, now: number): Html {
  const more = running > jobs.length && html` <small>and ${running - jobs.length} more</small>`;
  return html`<tr>
    <td class="wide"><b class="nowrap">${app}</b></td>
    <td data-label="Host">${inline(host)} <span class="id">${pid}</span></td>
    <td data-label="Version">${inline(version)}</td>
    <td data-label="Up since">${distance(startedAt, now)}</td>
    <td data-label="Works on">${jobs.length === 0 ? html`<span class="muted">nothing</span>` : html`${jobs.map(jobText)}${more}`}</td>
  </tr>`;
}

/** A job on a line of its own, with a link that finds its order. */
function jobText({ name, orderId }: ProcessEntry['jobs'][number]): Html {
  const order =
    orderId !== null && html` <a href="/orders?q=${encodeURIComponent(orderId)}">${inline(orderId)}</a>`;
  return html`<div>${inline(name)}${order}</div>`;
}

function servicesSection({ server, sweptAt, ledger }: FleetState, now: number): Html {
  const fields: [string, HtmlValue][] = [
    ['Redis', server === null ? 'its user may not ask (INFO)' : `version ${server.version}`],
    ['Memory of Redis', server !== null && memory(server)],
    [
      'Kept after a crash',
      server !== null &&
        (server.hasLog
          ? 'yes, in an append-only file'
          : html`<strong class="bad">no append-only file</strong>`),
    ],
    [
      'Saving',
      server?.hasFailedToSave === true && html`<strong class="bad">the last save to the disk failed</strong>`,
    ],
    ['Last sweep', sweptAt === null ? 'never' : distance(sweptAt, now)],
    ['Ledger behind by', `${ledger.pending} orders, ${duration(ledger.lagMs)}`],
    ['Ledger', ledger.trouble !== null && html`<strong class="bad">${inline(ledger.trouble)}</strong>`],
  ];
  return html`<section class="panel"><header><h2>Redis and ledger</h2></header>
    <dl class="body fields">${fields.map(([name, value]) => value !== false && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  </section>`;
}

function memory({ usedMemory, maxMemory }: NonNullable<FleetState['server']>): string {
  if (maxMemory === null) return `${bytes(usedMemory)}, without a limit`;
  return `${bytes(usedMemory)} of ${bytes(maxMemory)} (${Math.round((100 * usedMemory) / maxMemory)} %)`;
}
