import type { QueueName } from '@fulfillment/shared';
import { queuePath } from '../board.ts';
import { duration } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { markField } from '../page/pause-mark.ts';
import { fleetSection } from './fleet-section.ts';
import type { FleetState } from './fleet-state.ts';
import { pausedBy } from './pause-text.ts';
import type { QueueState, SystemState } from './system-state.ts';
import { agentWarning, redisWarning } from './warnings.ts';

/** The purpose of a queue's jobs, and so the work that a pause stops. */
const PURPOSE: Record<QueueName, string> = {
  intake: 'polls the marketplace, and sweeps up orders that no webhook and no job checked',
  orders: 'decides what each order needs next. While it is paused, no order continues',
  generation: 'runs your handlers: prices and deliverables',
  delivery: 'sends quotes, uploads and deliveries to the marketplace',
  messages: 'sends messages to buyers',
};

export interface SystemView {
  system: SystemState;
  fleet: FleetState;
  mayAct: boolean;
  /** By Redis' clock, in ms. */
  now: number;
}

/**
 * The queues with the buttons that pause and resume them, the processes, Redis and the ledger.
 */
export function systemPage({ system, fleet, mayAct, now }: SystemView): Html {
  return html`<div class="page-head"><h1>System</h1></div>
    ${redisWarning(system.redis, now)}
    ${system.agents.map(agentWarning)}
    <section class="panel">
      <header><h2>Queues</h2><span class="muted">A paused queue gives no jobs to workers, on any host. Running jobs finish. Nothing is lost.</span>
        <a class="actions" href="/queues/">All jobs, in Bull Board</a></header>
      <div class="table-box"><table class="stacked">
        <thead><tr><th>Queue</th><th class="num">Waiting</th><th class="num">Oldest</th><th class="num">Active</th><th class="num">Failed</th><th>State</th>${mayAct && html`<th>Action</th>`}</tr></thead>
        <tbody>${system.queues.map((queue) => row({ ...queue, oldestMs: fleet.oldestMs.get(queue.name) }, mayAct, now))}</tbody>
      </table></div>
    </section>
    ${fleetSection(fleet, now)}`;
}

function row(queue: QueueState & { oldestMs: number | undefined }, mayAct: boolean, now: number): Html {
  const { name, waiting, active, failed, pause, oldestMs } = queue;
  return html`<tr>
    <td class="wide"><a class="title" href="${queuePath(name)}">${name}</a><div><small>${PURPOSE[name]}</small></div></td>
    <td data-label="Waiting" class="num">${waiting}</td>
    <td data-label="Oldest" class="num">${oldestMs === undefined ? '–' : duration(oldestMs)}</td>
    <td data-label="Active" class="num">${active}</td>
    <td data-label="Failed" class="num">${failed > 0 ? html`<strong class="bad">${failed}</strong>` : failed}</td>
    <td data-label="State">${pause === null ? html`<span class="pill ok">Running</span>` : html`<span class="pill warn">Paused</span> <small>${pausedBy(pause, now)}</small>`}</td>
    ${mayAct && html`<td>${button(queue)}</td>`}
  </tr>`;
}

function button({ name, pause }: QueueState): Html {
  const action = pause === null ? 'pause' : 'resume';
  return html`<form method="post" action="/system/queues/${name}/${action}">
    ${markField(pause)}<button class="small"
    aria-label="${action} queue ${name}">${pause === null ? 'Pause' : 'Resume'}</button></form>`;
}
