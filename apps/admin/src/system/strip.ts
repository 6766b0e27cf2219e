import type { AgentEntry, BudgetState, RedisTrouble } from '@fulfillment/platform';
import { queuePath } from '../board.ts';
import { count, fromNow, utc } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { inline } from '../page/untrusted.ts';
import { pausedBy } from './pause-text.ts';
import type { QueueState, SystemState } from './system-state.ts';

/** The state of the system, above the list of orders. Stopped parts come first. */
export function systemStrip({ redis, budget, agents, queues, readLagMs }: SystemState, now: number): Html {
  return html`${redisWarning(redis, now)}
  ${agents.map(agentWarning)}
  ${queues.map((queue) => pauseWarning(queue, now))}
  <dl class="strip">
    <div><dt>API calls</dt><dd>${budget.used} used · ${deliveriesLeft(budget)}
      ${budget.windowEnd !== null && html`<small>until ${utc(budget.windowEnd)} (${fromNow(budget.windowEnd, now)})</small>`}</dd></div>
    ${refusals(budget, now)}
    ${heldBack(budget)}
    ${lagging(readLagMs)}
    ${queues.map(
      ({ name, waiting, active, failed, pause }) => html`<div>
        <dt><a href="${queuePath(name)}">${name}</a></dt>
        <dd>${pause !== null && html`<strong class="caution">paused</strong> · `}${waiting} waiting · ${active} active${failed > 0 && html` · <strong class="bad">${failed} failed</strong>`}</dd>
      </div>`,
    )}
  </dl>`;
}

function redisWarning(redis: RedisTrouble | null, now: number): Html | false {
  return (
    redis !== null &&
    html`<p class="warning"><strong>Redis takes no writes, so all work stands still.</strong> It began ${fromNow(redis.since, now)}. ${inline(redis.text)}</p>`
  );
}

/**
 * One line for an agent whose key is rejected, that buyers cannot hire, or that Atelier cannot pay.
 * The System page has the details.
 */
function agentWarning({ name, state, warnings }: AgentEntry): Html | false {
  if (state === 'key_rejected') {
    return html`<p class="warning"><strong>The marketplace rejects the key of agent "${inline(name)}".</strong>
      Its orders stand still. <a href="/system">See the System page</a></p>`;
  }
  const [first] = warnings;
  if (first === undefined) return false;
  const more = warnings.length > 1 && html` and ${count(warnings.length - 1, 'more warning')}`;
  return html`<p class="warning"><strong>Agent "${inline(name)}" ${inline(first.text)}</strong>${more}. <a href="/system">See the System page</a></p>`;
}

function pauseWarning({ name, waiting, pause }: QueueState, now: number): Html | false {
  return (
    pause !== null &&
    html`<p class="warning"><strong>Queue ${name} is ${pausedBy(pause, now)}.</strong>
      ${count(waiting, 'job')} ${waiting === 1 ? 'waits' : 'wait'} in it. <a href="/system">Resume it on the System page</a></p>`
  );
}

function deliveriesLeft({ isLimited, left }: BudgetState): string {
  return isLimited ? `${left} deliveries left` : 'deliveries not limited';
}

function refusals(budget: BudgetState, now: number): Html | false {
  const refused = Object.entries(budget.refusedUntil);
  if (refused.length === 0) return false;
  return html`<div class="warn"><dt>Refused by the marketplace</dt>
    <dd>${refused.map(([name, until]) => html`<span>${name} until ${utc(until)} <small>(${fromNow(until, now)})</small></span> `)}</dd></div>`;
}

function heldBack(budget: BudgetState): Html | false {
  const held = Object.entries(budget.held);
  if (held.length === 0) return false;
  return html`<div><dt>Held back for deliveries</dt><dd>${held.map(([name, times]) => `${name} ${times}×`).join(', ')}</dd></div>`;
}

function lagging(readLagMs: number): Html | false {
  return (
    readLagMs > 0 &&
    html`<div class="warn"><dt>Reads of the marketplace lag</dt>
      <dd>by ${Math.ceil(readLagMs / 1000)} s or more <small>a call of unknown outcome is repeated later than usual</small></dd></div>`
  );
}
