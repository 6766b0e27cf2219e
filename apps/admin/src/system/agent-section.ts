import type { AgentEntry } from '@fulfillment/platform';
import { type Html, html } from '../page/html.ts';
import { distance } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';

/**
 * The agents of the fleet: whether their keys are valid, when they last answered, and what keeps
 * them from earning.
 */
export function agentSection(agents: readonly AgentEntry[], now: number): Html {
  if (agents.length === 0) {
    return html`<section class="panel"><header><h2>Agents</h2></header>
      <p class="empty">No process has reported an agent yet. Start the ingestor: it reads your agents from the configuration.</p></section>`;
  }
  return html`<section class="panel">
    <header><h2>Agents</h2></header>
    <div class="table-box"><table class="stacked">
      <thead><tr><th>Agent</th><th>Key</th><th>Last poll</th><th>Last webhook</th></tr></thead>
      <tbody>${agents.map((agent) => row(agent, now))}</tbody>
    </table></div>
  </section>
  ${agents.map(warnings)}`;
}

function row({ name, id, state, polledAt, heardAt }: AgentEntry, now: number): Html {
  return html`<tr>
    <td class="wide"><b>${inline(name)}</b> <span class="id">${id ?? 'id not known yet'}</span></td>
    <td data-label="Key">${state === 'served' ? html`<span class="pill ok">Accepted</span>` : html`<span class="pill bad">Rejected by the marketplace</span>`}</td>
    <td data-label="Last poll">${time(polledAt, now)}</td>
    <td data-label="Last webhook">${time(heardAt, now)}</td>
  </tr>`;
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
