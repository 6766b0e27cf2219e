import { type CostRow, projectOrder } from '@fulfillment/ledger';
import { summarise } from '@fulfillment/platform';
import { type Decision, type OrderRecord, sentenceStart, words } from '@fulfillment/shared';
import { type Html, html } from '../page/html.ts';
import { cost, dollars } from '../page/money.ts';
import { pointInTime } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';

/**
 * What the order earns and costs, by the rules of the ledger. The section reads the record alone,
 * so it needs no database.
 */
export function moneySection(record: OrderRecord, decision: Decision): Html | false {
  const { order, costs, payouts } = projectOrder({
    record,
    summary: summarise(record, decision),
    attentionSince: new Map(),
  });
  if (order.price_micros === null && costs.length === 0) return false;
  const figures: [string, string][] = [
    ['Price', dollars(order.price_micros)],
    ['Fee', dollars(order.fee_micros)],
    ['Net', dollars(order.net_micros)],
    ['Cost', costText(order)],
    ['Margin', dollars(order.margin_micros)],
  ];
  return html`<section class="panel" id="money"><header><h2>Money</h2></header><div class="body">
    <dl class="fields">${figures.map(([name, amount]) => html`<div><dt>${name}</dt><dd>${amount}</dd></div>`)}</dl>
    ${costs.length > 0 && costList(costs)}
    ${payouts.map(
      ({ at, outcome, amount_micros: amount, reason }) =>
        html`<p>${outcome === 'sent' ? 'Paid out' : 'Payout failed'} ${pointInTime(at)}${amount !== null && `: ${dollars(amount)}`}${reason !== null && html`<br><small>${inline(reason)}</small>`}</p>`,
    )}</div></section>`;
}

/** An unknown cost is not 0. The reported part of it is a lower limit. */
function costText({ cost_micros: total, known_cost_micros: known }: Costs): string {
  if (total !== null) return cost(total);
  return known === 0 ? 'unknown' : `${cost(known)} or more`;
}

type Costs = Pick<ReturnType<typeof projectOrder>['order'], 'cost_micros' | 'known_cost_micros'>;

/** A part of the cost: the calls of one handler, for one purpose, to one model. */
interface Part extends Pick<CostRow, 'handler' | 'step' | 'model' | 'waste'> {
  calls: number;
  /** Null: a call did not report its cost. */
  micros: number | null;
}

function costList(costs: readonly CostRow[]): Html {
  const parts = new Map<string, Part>();
  for (const { handler, step, model, waste, cost_micros: micros } of costs) {
    const key = JSON.stringify([handler, step, model, waste]);
    const part = parts.get(key) ?? { handler, step, model, waste, calls: 0, micros: 0 };
    const sum = part.micros === null || micros === null ? null : part.micros + micros;
    parts.set(key, { ...part, calls: part.calls + 1, micros: sum });
  }
  return html`<ul class="jobs" aria-label="Costs">${[...parts.values()].map(
    ({ handler, step, model, waste, calls, micros }) =>
      html`<li>${cost(micros)} <span class="muted">${sentenceStart(words(step))}${calls > 1 && `, ${calls} calls`}: ${inline(model)}${handler !== null && html` by ${inline(handler)}`}${waste !== null && ` · waste: ${WASTE_WORDS[waste]}`}</span></li>`,
  )}</ul>`;
}

const WASTE_WORDS: Record<NonNullable<CostRow['waste']>, string> = {
  failed: 'the try failed, or files by hand replaced its output',
  regenerated: 'generated again',
  declined: 'declined',
  cancelled: 'cancelled',
};
