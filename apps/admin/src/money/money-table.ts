import type { MoneyGroup, MoneyGroups, MoneyRow, MoneyState, MoneySums } from '@fulfillment/ledger';
import { type Html, html } from '../page/html.ts';
import { cost, dollars, percent, wholeDollars } from '../page/money.ts';
import { inline } from '../page/untrusted.ts';

export const GROUP_LABELS: Record<MoneyGroup, string> = {
  handler: 'Handler',
  service: 'Service',
  agent: 'Agent',
  buyer: 'Buyer',
  day: 'Day',
  week: 'Week',
  month: 'Month',
};

interface MoneyTable {
  by: MoneyGroup;
  groups: MoneyGroups;
  total: MoneySums;
  /** The operator's names of the agents, by agent id. */
  agentNames: ReadonlyMap<string, string>;
}

/** The page shows this many groups: at least the weeks of a year. The export has all orders. */
export const MOST_ROWS = 60;

/** The states that an order with a payment can have, with the heads of their columns. */
const STATES: readonly [MoneyState, string][] = [
  ['in_progress', 'In work'],
  ['in_review', 'In review'],
  ['completed', 'Payout awaited'],
  ['paid_out', 'Paid out'],
  ['payout_failed', 'Payout failed'],
  ['disputed', 'In dispute'],
  ['refunded', 'Refunded'],
];

/**
 * The sums of each group, with the total in the last row. The states add up to the booked amount.
 * They are in whole dollars, so that the table fits, with the cents in the title.
 */
export function moneyTable({ by, groups, total, agentNames }: MoneyTable): Html {
  const nameOf = ({ key, name }: MoneyRow) =>
    (by === 'agent' && typeof key === 'string' ? agentNames.get(key) : undefined) ?? name;
  const more = groups.count - groups.rows.length;
  return html`<div class="table-box"><table class="stacked dense">
    <thead><tr><th>${GROUP_LABELS[by]}</th><th class="num">Orders</th><th class="num">Booked</th>
      ${STATES.map(([, label]) => html`<th class="num">${label}</th>`)}<th class="num">Cost</th><th class="num">Margin</th>
      <th class="num">Margin %</th><th class="num">Waste</th><th class="num">Unknown cost</th></tr></thead>
    <tbody>${groups.rows.map((row) => line(nameOf(row), row))}</tbody>
    <tfoot><tr class="total">${cells(html`Total`, total)}</tr></tfoot>
  </table></div>
  ${more > 0 && html`<footer>${more} more. The total contains them.</footer>`}`;
}

function line(name: string | null, row: MoneyRow): Html {
  return html`<tr>${cells(name === null ? html`<span class="none">none yet</span>` : inline(name), row)}</tr>`;
}

function cells(name: Html, sums: MoneySums): Html {
  const { byState } = sums;
  return html`<td class="wide"><b>${name}</b></td>
    <td class="num" data-label="Orders">${sums.orders}</td>
    <td class="num" data-label="Booked">${dollars(sums.booked)}</td>
    ${STATES.map(([state, label]) => html`<td class="num${byState[state] === 0 && ' none'}" data-label="${label}" title="${dollars(byState[state])}">${byState[state] === 0 ? '–' : wholeDollars(byState[state])}</td>`)}
    <td class="num" data-label="Cost">${cost(sums.cost)}</td>
    <td class="num" data-label="Margin">${dollars(sums.ordersWithUnknownCost === sums.orders ? null : sums.margin)}</td>
    <td class="num" data-label="Margin %">${percent(sums.margin, sums.marginNet)}</td>
    <td class="num" data-label="Waste">${cost(sums.waste)}</td>
    <td class="num" data-label="Orders with unknown cost">${sums.ordersWithUnknownCost}</td>`;
}
