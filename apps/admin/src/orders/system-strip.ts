import type { BudgetState } from '@fulfillment/platform';
import { queuePath } from '../board.ts';
import type { AdminOptions } from '../options.ts';
import { fromNow, utc } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';

/** How the system does: the API budget of this address, and what the queues hold. */
export interface SystemState {
  budget: BudgetState;
  queues: { name: string; waiting: number; active: number; failed: number }[];
}

export async function systemState({
  budget,
  queues,
}: Pick<AdminOptions, 'budget' | 'queues'>): Promise<SystemState> {
  const [budgetState, counts] = await Promise.all([
    budget.state(),
    Promise.all(
      queues.all().map(async (queue) => {
        const {
          wait = 0,
          delayed = 0,
          prioritized = 0,
          active = 0,
          failed = 0,
        } = await queue.getJobCounts('wait', 'delayed', 'prioritized', 'active', 'failed');
        return { name: queue.name, waiting: wait + delayed + prioritized, active, failed };
      }),
    ),
  ]);
  return { budget: budgetState, queues: counts };
}

export function systemStrip({ budget, queues }: SystemState, now: number): Html {
  return html`<dl class="strip">
    <div><dt>API calls</dt><dd>${budget.used} used · ${budget.left} deliveries left
      ${budget.windowEnd !== null && html`<small>until ${utc(budget.windowEnd)} (${fromNow(budget.windowEnd, now)})</small>`}</dd></div>
    ${refusals(budget, now)}
    ${heldBack(budget)}
    ${queues.map(
      ({ name, waiting, active, failed }) => html`<div>
        <dt><a href="${queuePath(name)}">${name}</a></dt>
        <dd>${waiting} waiting · ${active} active${failed > 0 && html` · <strong class="bad">${failed} failed</strong>`}</dd>
      </div>`,
    )}
  </dl>`;
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
