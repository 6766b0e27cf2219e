import type { MoneyGroup, MoneyRow, MoneySums } from '@fulfillment/ledger';
import { type Html, html } from '../page/html.ts';
import { cost, dollars, percent } from '../page/money.ts';
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
  rows: readonly MoneyRow[];
  total: MoneySums;
  /** The operator's names of the agents, by agent id. */
  agentNames: ReadonlyMap<string, string>;
}

/** The page shows this many groups. The export has all orders. */
const MOST_ROWS = 100;

/** The sums of each group, with the total in the last row. */
export function moneyTable({ by, rows, total, agentNames }: MoneyTable): Html {
  const nameOf = ({ key, name }: MoneyRow) =>
    (by === 'agent' && typeof key === 'string' ? agentNames.get(key) : undefined) ?? name;
  return html`<div class="table-box"><table class="stacked dense">
    <thead><tr><th>${GROUP_LABELS[by]}</th><th class="num">Orders</th><th class="num">Booked</th><th class="num">Settled</th>
      <th class="num">Open</th><th class="num">Lost or at risk</th><th class="num">Cost</th><th class="num">Margin</th>
      <th class="num">Margin %</th><th class="num">Waste</th><th class="num">Unknown cost</th></tr></thead>
    <tbody>${rows.slice(0, MOST_ROWS).map((row) => line(nameOf(row), row))}</tbody>
    <tfoot><tr class="total">${cells(html`Total`, total)}</tr></tfoot>
  </table></div>
  ${rows.length > MOST_ROWS && html`<footer>${rows.length - MOST_ROWS} more. The total contains them.</footer>`}`;
}

function line(name: string | null, row: MoneyRow): Html {
  return html`<tr>${cells(name === null ? html`<span class="none">none yet</span>` : inline(name), row)}</tr>`;
}

function cells(name: Html, sums: MoneySums): Html {
  const { byState } = sums;
  return html`<td class="wide"><b>${name}</b></td>
    <td class="num" data-label="Orders">${sums.orders}</td>
    <td class="num" data-label="Booked">${dollars(sums.booked)}</td>
    <td class="num" data-label="Settled">${dollars(byState.paid_out + byState.completed)}</td>
    <td class="num" data-label="Open">${dollars(byState.in_progress + byState.in_review)}</td>
    <td class="num" data-label="Lost or at risk">${dollars(byState.refunded + byState.disputed + byState.payout_failed)}</td>
    <td class="num" data-label="Cost">${cost(sums.cost)}</td>
    <td class="num" data-label="Margin">${dollars(sums.marginNet === 0 ? null : sums.margin)}</td>
    <td class="num" data-label="Margin %">${percent(sums.margin, sums.marginNet)}</td>
    <td class="num" data-label="Waste">${cost(sums.waste)}</td>
    <td class="num" data-label="Orders with unknown cost">${sums.ordersWithUnknownCost}</td>`;
}
