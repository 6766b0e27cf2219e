import { type MoneySums, WASTES, type Waste } from '@fulfillment/ledger';
import { count } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { cost, dollars, percent } from '../page/money.ts';

/** The sums of the range: where the money is, and what is left of it. */
export function moneyFigures(sums: MoneySums): Html {
  const { byState, ordersByState } = sums;
  const orders = (...states: (keyof typeof byState)[]) =>
    count(
      states.reduce((sum, state) => sum + ordersByState[state], 0),
      'order',
    );
  const amount = (...states: (keyof typeof byState)[]) =>
    dollars(states.reduce((sum, state) => sum + byState[state], 0));
  const figures: [label: string, value: string, note: string][] = [
    ['Booked', dollars(sums.booked), count(sums.orders, 'order')],
    ['In work', amount('in_progress'), orders('in_progress')],
    ['Delivered and in review', amount('in_review'), orders('in_review')],
    ['Completed, payout awaited', amount('completed'), orders('completed')],
    ['Paid out', amount('paid_out'), orders('paid_out')],
    ['Payout failed', amount('payout_failed'), orders('payout_failed')],
    ['In dispute', amount('disputed'), orders('disputed')],
    ['Refunded or cancelled', amount('refunded'), orders('refunded')],
  ];
  const results: [label: string, value: string, note: string][] = [
    ['Net after fees', dollars(sums.net), netNote(sums)],
    ['Generation cost', cost(sums.cost), unknownNote(sums)],
    [
      'Margin',
      dollars(sums.margin),
      `${percent(sums.margin, sums.marginNet)} of the net of orders with a known cost`,
    ],
    ['Waste', cost(sums.waste), `${percent(sums.waste, sums.cost)} of the cost led to no delivery`],
  ];
  return html`${figureList('Where the money is', figures)}${figureList('What is left', results)}
    ${sums.waste > 0 && wastePanel(sums)}`;
}

const WASTE_LABELS: Record<Waste, string> = {
  failed: 'Tries that failed, or whose output was replaced by hand',
  regenerated: 'Drafts that were generated again',
  declined: 'Briefs that were declined',
  cancelled: 'Orders that were cancelled',
};

/** Why costs led to no delivery, the largest part first. */
function wastePanel({ waste, wasteBy }: MoneySums): Html {
  const parts = WASTES.filter((reason) => wasteBy[reason] > 0).toSorted((a, b) => wasteBy[b] - wasteBy[a]);
  return html`<section class="panel"><header><h2>Waste by reason</h2></header>
    <dl class="body fields">${parts.map(
      (reason) =>
        html`<div><dt>${WASTE_LABELS[reason]}</dt><dd>${cost(wasteBy[reason])} <span class="muted">${percent(wasteBy[reason], waste)}</span></dd></div>`,
    )}</dl></section>`;
}

function figureList(label: string, figures: readonly [string, string, string][]): Html {
  return html`<dl class="kpis" aria-label="${label}">${figures.map(
    ([name, value, note]) =>
      html`<div class="kpi"><dt>${name}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`,
  )}</dl>`;
}

/** Money in dispute may be lost, so the net does not contain it. */
function netNote({ fees, atRisk }: MoneySums): string {
  const note = `fees ${dollars(fees)}`;
  return atRisk === 0 ? note : `${note} · without ${dollars(atRisk)} in dispute`;
}

/** An unknown cost is not 0, so the page says how many orders have one. */
function unknownNote({ ordersWithUnknownCost: unknown, orders }: MoneySums): string {
  return unknown === 0 ? 'known for every order' : `unknown for ${percent(unknown, orders)} of the orders`;
}
