import type { OrderSummary } from '@fulfillment/platform';
import { roundTitle } from '@fulfillment/shared';
import { orderPath } from '../board.ts';
import { count, roughly } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { dueTime } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';
import { holdUpText } from '../system/pause-text.ts';
import { FILTERS, type Filter, nameOf, type OrderList } from './order-list.ts';
import { stagePill } from './stage-pill.ts';

/** The data of the list and of its texts. */
export interface ListView {
  list: OrderList;
  /** The operator's names of the agents, by agent id. */
  agentNames: ReadonlyMap<string, string>;
  /** By Redis' clock, in ms. */
  now: number;
}

/** The list of orders, with those that wait for a human first. */
export function listPage(view: ListView): Html {
  const { list } = view;
  return html`
    ${list.counts.attention > 0 && attentionBlock(view)}
    <div class="page-head"><h1>Orders</h1></div>
    <nav class="chips" aria-label="Which orders">${FILTERS.map((filter) => filterLink(filter, list))}</nav>
    <section class="panel">${list.orders.length > 0 ? table(view) : html`<p class="empty">${emptyText(list)}</p>`}</section>
    ${paging(list)}`;
}

function attentionBlock(view: ListView): Html {
  const { counts, attention } = view.list;
  const more = counts.attention - attention.length;
  return html`<section class="panel">
    <header><span class="pill warn">Needs you</span><h2><a href="/?show=attention">${count(counts.attention, 'order')} ${counts.attention === 1 ? 'waits' : 'wait'} for you</a></h2></header>
    ${attention.length > 0 && html`<div class="table-box"><table class="stacked"><tbody>${attention.map((order) => attentionItem(view, order))}</tbody></table></div>`}
    ${attention.length > 0 && more > 0 && html`<footer><a href="/?show=attention">${more} more</a></footer>`}
  </section>`;
}

function attentionItem(view: ListView, order: OrderSummary): Html {
  return html`<tr data-row>
    <td class="wide">${orderLink(view, order)}${notes(view, order)}</td>
    <td class="num">${order.dueAt !== null && html`due ${dueTime(order.dueAt, view.now)}`}</td>
  </tr>`;
}

function table(view: ListView): Html {
  return html`<div class="table-box"><table class="stacked">
    <thead><tr><th>Order</th><th>State</th><th>Round</th><th>Buyer</th><th class="num">Price</th><th class="num">Age</th><th class="num">Due</th></tr></thead>
    <tbody>${view.list.orders.map((order) => row(view, order))}</tbody>
  </table></div>`;
}

function row(view: ListView, order: OrderSummary): Html {
  const { now } = view;
  return html`<tr data-row>
    <td class="wide">${orderLink(view, order)}${notes(view, order)}</td>
    <td>${stagePill(order.stage)}</td>
    <td data-label="Round">${order.round === null ? '–' : roundTitle(order.round)}</td>
    <td data-label="Buyer" class="clip">${order.client === null ? '–' : inline(order.client)}</td>
    <td data-label="Price" class="num">${order.priceUsd === null ? '–' : html`$${inline(order.priceUsd)}`}</td>
    <td data-label="Age" class="num">${order.createdAt === null ? '–' : roughly(now - order.createdAt)}</td>
    <td data-label="Due" class="num">${order.dueAt === null ? '–' : dueTime(order.dueAt, now)}</td>
  </tr>`;
}

function orderLink({ agentNames }: ListView, order: OrderSummary): Html {
  const agent = agentNames.get(order.agentId);
  return html`<a class="title" href="${orderPath(order)}">${order.service === null ? order.orderId : inline(order.service)}</a>
    <div class="sub">${agent !== undefined && html`${inline(agent)} · `}${order.orderId}</div>`;
}

function unreadMark({ unread }: OrderSummary): Html | false {
  return unread > 0 && html`<p><span class="pill info">${count(unread, 'unread message')}</span></p>`;
}

/**
 * What an operator should know of an order before opening it: why the order waits for them, and
 * what delays it.
 */
function notes({ list, now }: ListView, order: OrderSummary): Html {
  const pauses = list.heldUp.get(nameOf(order)) ?? [];
  return html`${unreadMark(order)}${order.attention.map(({ reason }) => html`<div class="sub">${inline(reason)}</div>`)}
    ${pauses.map((pause) => html`<p class="caution">${holdUpText(pause, now).what}</p>`)}`;
}

function filterLink(filter: Filter, list: OrderList): Html {
  const current = filter === list.filter;
  return html`<a class="chip" href="${pathOf(filter, 1)}"${current && html` aria-current="page"`}>${filter} <small>${list.counts[filter]}</small></a>`;
}

function paging({ filter, page, pages }: OrderList): Html | false {
  if (pages === 1) return false;
  return html`<nav class="paging">
    ${page > 1 && html`<a href="${pathOf(filter, page - 1)}" rel="prev">← newer</a>`}
    <span>page ${page} of ${pages}</span>
    ${page < pages && html`<a href="${pathOf(filter, page + 1)}" rel="next">older →</a>`}
  </nav>`;
}

function pathOf(filter: Filter, page: number): string {
  return `/?show=${filter}${page > 1 ? `&page=${page}` : ''}`;
}

function emptyText({ filter, counts, attention }: OrderList): string {
  if (filter === 'attention') return 'No order waits for you.';
  if (counts[filter] > 0 && attention.length > 0) return 'There are no others.';
  return filter === 'open' ? 'No order is open.' : 'No order has come in yet.';
}
