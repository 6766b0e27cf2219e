import type { QueueName } from '@fulfillment/shared';
import { queuePath } from '../board.ts';
import { type Html, html } from '../page/html.ts';
import { agentSection } from './agent-section.ts';
import { pausedBy } from './pause-text.ts';
import type { QueueState, SystemState } from './system-state.ts';

/** The purpose of a queue's jobs, and so the work that a pause stops. */
const PURPOSE: Record<QueueName, string> = {
  intake: 'polls the marketplace, and sweeps up orders that no webhook and no job checked',
  orders: 'decides what each order needs next; while it is paused, no order goes on',
  generation: 'runs your handlers: prices and deliverables',
  delivery: 'sends quotes, uploads and deliveries to the marketplace',
  messages: 'sends messages to buyers',
};

export interface SystemView {
  system: SystemState;
  mayAct: boolean;
  /** By Redis' clock, in ms. */
  now: number;
}

/**
 * The agents and the queues, with every stopped part, and the buttons that pause and resume queues.
 */
export function systemPage({ system, mayAct, now }: SystemView): Html {
  return html`<h1>System</h1>
    ${agentSection(system.agents, now)}
    <section>
      <h2>Queues</h2>
      <p>A queue that is paused gives no jobs to workers, on any host. Jobs that run already are finished. Nothing is lost.</p>
      <table class="orders">
        <thead><tr><th>Queue</th><th class="number">Waiting</th><th class="number">Active</th><th class="number">Failed</th><th>State</th>${mayAct && html`<th>Action</th>`}</tr></thead>
        <tbody>${system.queues.map((queue) => row(queue, mayAct, now))}</tbody>
      </table>
    </section>`;
}

function row(queue: QueueState, mayAct: boolean, now: number): Html {
  const { name, waiting, active, failed, pause } = queue;
  return html`<tr>
    <td class="order"><a href="${queuePath(name)}">${name}</a> <small class="id">${PURPOSE[name]}</small></td>
    <td data-label="Waiting" class="number">${waiting}</td>
    <td data-label="Active" class="number">${active}</td>
    <td data-label="Failed" class="number">${failed > 0 ? html`<strong class="bad">${failed}</strong>` : failed}</td>
    <td data-label="State" class="wraps">${pause === null ? 'running' : html`<strong class="caution">${pausedBy(pause, now)}</strong>`}</td>
    ${mayAct && html`<td>${button(queue)}</td>`}
  </tr>`;
}

function button({ name, pause }: QueueState): Html {
  const action = pause === null ? 'pause' : 'resume';
  return html`<form method="post" action="/system/queues/${name}/${action}"><button class="quiet"
    aria-label="${action} queue ${name}">${pause === null ? 'Pause' : 'Resume'}</button></form>`;
}
