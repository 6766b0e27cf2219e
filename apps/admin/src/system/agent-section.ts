import type { AgentEntry } from '@fulfillment/platform';
import { fromNow, utc } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { inline } from '../page/untrusted.ts';

/**
 * The agents of the fleet: whether their keys are valid, when they last answered, and what keeps
 * them from earning.
 */
export function agentSection(agents: readonly AgentEntry[], now: number): Html {
  if (agents.length === 0) {
    return html`<section><h2>Agents</h2><p class="empty">No process has reported an agent yet.</p></section>`;
  }
  return html`<section>
    <h2>Agents</h2>
    <table class="orders">
      <thead><tr><th>Agent</th><th>Key</th><th>Last poll</th><th>Last webhook</th></tr></thead>
      <tbody>${agents.map((agent) => row(agent, now))}</tbody>
    </table>
    ${agents.map(warnings)}
  </section>`;
}

function row({ name, id, state, polledAt, heardAt }: AgentEntry, now: number): Html {
  return html`<tr>
    <td class="order">${inline(name)} <small class="id">${id ?? 'id not known yet'}</small></td>
    <td data-label="Key">${state === 'served' ? 'accepted' : html`<strong class="bad">rejected by the marketplace</strong>`}</td>
    <td data-label="Last poll">${time(polledAt, now)}</td>
    <td data-label="Last webhook">${time(heardAt, now)}</td>
  </tr>`;
}

function time(at: number | null, now: number): Html {
  return at === null ? html`never` : html`${utc(at)} <small class="id">${fromNow(at, now)}</small>`;
}

function warnings({ name, state, warnings: found }: AgentEntry): Html {
  return html`${
    state === 'key_rejected' &&
    html`<p class="warning"><strong>The marketplace rejects the key of agent "${inline(name)}".</strong> Its orders stand still.
      Correct ATELIER_API_KEY, or the variable that the configuration file reads the key from, then restart. If the key becomes valid on
      Atelier, the agent is served again within minutes.</p>`
  }
  ${found.map(
    ({ text, advice }) =>
      html`<p class="warning"><strong>Agent "${inline(name)}" ${inline(text)}.</strong> ${advice}.</p>`,
  )}`;
}
