import {
  MONEY_BASES,
  type MoneyBasis,
  type MoneyGroups,
  type MoneySums,
  type PayoutSums,
} from '@fulfillment/ledger';
import { count } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { icon } from '../page/icon.ts';
import { dollars } from '../page/money.ts';
import { moneyFigures } from './money-figures.ts';
import { type MoneyQuery, moneyPath, SPAN_LABELS, SPANS } from './money-query.ts';
import { GROUP_LABELS, moneyTable } from './money-table.ts';

const BASIS_LABELS: Record<MoneyBasis, string> = {
  paid: 'Paid by the buyer',
  completed: 'Completed',
  paid_out: 'Paid out to you',
};

const GROUPS = ['handler', 'service', 'agent', 'buyer', 'day', 'week', 'month'] as const;

export interface MoneyView {
  query: MoneyQuery;
  total: MoneySums;
  groups: MoneyGroups;
  payouts: PayoutSums;
  chart: Html;
  agentNames: ReadonlyMap<string, string>;
}

/** What the shop earns and what it costs. */
export function moneyPage(view: MoneyView): Html {
  const { query, total } = view;
  return html`<div class="page-head"><h1>Money</h1><span class="muted">Days, weeks and months in UTC</span>
      <span class="end"><a class="button small" href="${moneyPath(query, '/money/orders.csv')}">${icon('download')} Orders CSV</a>
      <a class="button small" href="${moneyPath(query, '/money/payouts.csv')}">${icon('download')} Payouts CSV</a></span></div>
    <nav class="chips" aria-label="Time">${SPANS.map((span) => chip({ ...query, span }, SPAN_LABELS[span], span === query.span))}</nav>
    <nav class="chips" aria-label="Which orders count"><span class="muted">Count an order when it is:</span>
      ${MONEY_BASES.map((basis) => chip({ ...query, basis }, BASIS_LABELS[basis], basis === query.basis))}</nav>
    ${total.orders === 0 ? nothingBooked(query) : sums(view)}
    ${payoutPanel(view.payouts)}`;
}

function sums({ query, total, groups, chart, agentNames }: MoneyView): Html {
  return html`${moneyFigures(total)}
    <section class="panel"><header><h2>Booked over time</h2></header><div class="body">${chart}</div></section>
    <nav class="chips" aria-label="Group by">${GROUPS.map((by) => chip({ ...query, by }, `By ${GROUP_LABELS[by].toLowerCase()}`, by === query.by))}</nav>
    <section class="panel">${moneyTable({ by: query.by, groups, total, agentNames })}</section>`;
}

function chip(query: MoneyQuery, label: string, isCurrent: boolean): Html {
  return html`<a class="chip" href="${moneyPath(query)}"${isCurrent && html` aria-current="page"`}>${label}</a>`;
}

function nothingBooked(query: MoneyQuery): Html {
  return html`<section class="panel"><div class="empty">${icon('wallet')}<h2>No order in this time</h2>
    <p>Money appears here when a buyer pays. <a href="${moneyPath({ ...query, span: 'all' })}">Show all times</a></p></div></section>`;
}

/** The payouts that arrived in the range, compared with the orders that they belong to. */
function payoutPanel(payouts: PayoutSums): Html {
  const { sent, sentCount, expected, notComparedCount, unknownNet, failedCount } = payouts;
  return html`<section class="panel"><header><h2>Payouts of this time</h2>${agreement(payouts)}</header>
    <dl class="body fields">
      <div><dt>Sent</dt><dd>${dollars(sent)} in ${count(sentCount, 'payout')}</dd></div>
      <div><dt>Net of their orders</dt><dd>${dollars(expected)}</dd></div>
      <div><dt>Failed</dt><dd>${count(failedCount, 'payout')}</dd></div>
      ${notComparedCount > 0 && html`<div><dt>Amount not known</dt><dd>${count(notComparedCount, 'payout')}, ${dollars(unknownNet)} expected</dd></div>`}
    </dl></section>`;
}

function agreement({ difference, sentCount, notComparedCount }: PayoutSums): Html | false {
  if (difference !== 0) return html`<span class="pill warn">Differs by ${dollars(difference)}</span>`;
  if (sentCount === notComparedCount) return false;
  return html`<span class="pill ok">Agrees with the orders</span>`;
}
