import { type AgentEntry, type Arrivals, agentStanding, type WorkPause } from '@fulfillment/platform';
import { type Html, type HtmlValue, html } from '../page/html.ts';
import { percent } from '../page/money.ts';
import { distance } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';

export interface AgentsView {
  agents: readonly AgentEntry[];
  /** The orders that came within a day, and those whose webhooks are lost, by agent. */
  arrivals: ReadonlyMap<string, Arrivals>;
  /** The pauses of agents, services and handlers. */
  pauses: readonly WorkPause[];
  /** By Redis' clock, in ms. */
  now: number;
}

/**
 * The agents of the fleet: whether their keys are valid, their polls and webhooks, what keeps them
 * from earning, and who paused them.
 */
export function agentSection(view: AgentsView): Html {
  const { agents } = view;
  if (agents.length === 0) {
    return html`<section class="panel"><header><h2>State</h2></header>
      <p class="empty">No process has reported an agent yet. Start the ingestor: it reads your agents from the configuration.</p></section>`;
  }
  return html`<section class="panel">
    <header><h2>State</h2><span class="muted">Lost: new orders of the last day that a poll found before any webhook</span></header>
    <div class="table-box"><table class="stacked">
      <thead><tr><th>Agent</th><th>Key</th><th>Can be hired</th><th>Can be paid</th><th>Last poll</th><th>Last webhook</th><th>Webhooks lost</th><th>Work</th></tr></thead>
      <tbody>${agents.map((agent) => row(agent, view))}</tbody>
    </table></div>
  </section>
  ${agents.map(warnings)}`;
}

function row(agent: AgentEntry, { arrivals, pauses, now }: AgentsView): Html {
  const { name, id, state, polledAt, heardAt } = agent;
  const { canBeHired, canBePaid } = agentStanding(agent);
  const pause = pauses.find(({ part, id: paused }) => part === 'agent' && paused === id);
  return html`<tr>
    <td class="wide"><b>${inline(name)}</b> <span class="id">${id ?? 'id not known yet'}</span></td>
    <td data-label="Key">${state === 'served' ? html`<span class="pill ok">Accepted</span>` : html`<span class="pill bad">Rejected</span>`}</td>
    <td data-label="Can be hired">${answer(canBeHired)}</td>
    <td data-label="Can be paid">${answer(canBePaid)}</td>
    <td data-label="Last poll">${time(polledAt, now)}</td>
    <td data-label="Last webhook">${time(heardAt, now)}</td>
    <td data-label="Webhooks lost">${lost(arrivals.get(id ?? ''))}</td>
    <td data-label="Work">${pause === undefined ? html`<span class="pill ok">Running</span>` : html`<a href="/services#agents"><span class="pill warn">Paused</span></a> <small>by ${inline(pause.by)} ${distance(pause.since, now)}</small>`}</td>
  </tr>`;
}

function answer(is: boolean | null): Html {
  if (is === null) return html`<span class="muted">not checked yet</span>`;
  return is ? html`<span class="pill ok">Yes</span>` : html`<span class="pill bad">No</span>`;
}

function lost(found: Arrivals | undefined): HtmlValue {
  if (found === undefined || found.arrivals === 0) return html`<span class="muted">no new order</span>`;
  const { arrivals, unannounced } = found;
  const share = html`${percent(unannounced, arrivals)} <small>${unannounced} of ${arrivals}</small>`;
  return unannounced === 0 ? share : html`<span class="caution">${share}</span>`;
}

function time(at: number | null, now: number): Html {
  return at === null ? html`never` : distance(at, now);
}

function warnings({ name, state, warnings: found }: AgentEntry): Html {
  return html`${
    state === 'key_rejected' &&
    html`<p class="warning"><strong>The marketplace rejects the key of agent "${inline(name)}".</strong> Its orders wait.
      Correct ATELIER_API_KEY, or the variable that the configuration file reads the key from, then restart. If the key becomes valid on
      Atelier, the agent is served again within minutes.</p>`
  }
  ${found.map(
    ({ text, advice }) =>
      html`<p class="warning"><strong>Agent "${inline(name)}" ${inline(text)}.</strong> ${advice}.</p>`,
  )}`;
}
