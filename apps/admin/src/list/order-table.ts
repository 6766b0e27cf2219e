import type { OrderRow, SortColumn } from '@fulfillment/ledger';
import { orderPath } from '../board.ts';
import { type Html, html } from '../page/html.ts';
import { icon } from '../page/icon.ts';
import { cost, dollars } from '../page/money.ts';
import { age, dueIn } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';
import { firstDirection, type ListQuery, listPath } from './list-query.ts';
import { orderStatus, unreadMark } from './order-status.ts';

export interface OrderTable {
  query: ListQuery;
  orders: readonly OrderRow[];
  /** The operator's names of the agents, by agent id. */
  agentNames: ReadonlyMap<string, string>;
  canSelect: boolean;
  now: number;
}

const HEADS: readonly [SortColumn, string][] = [
  ['due', 'Due'],
  ['paid', 'Paid'],
  ['price', 'Price'],
  ['cost', 'Cost'],
  ['margin', 'Margin'],
  ['updated', 'Updated'],
];

/** The orders of a page, with the columns that it can be sorted by. */
export function orderTable(table: OrderTable): Html {
  const { query, orders, canSelect } = table;
  return html`<div class="table-box"><table class="stacked order-table">
    <thead><tr>
      ${canSelect && html`<th class="pick"><input type="checkbox" data-select-all aria-label="Select all orders of this page"></th>`}
      <th>Order</th><th class="buyer">Buyer</th><th class="state">State</th>
      ${HEADS.map(([column, label]) => head(query, column, label))}
    </tr></thead>
    <tbody>${orders.map((order) => row(table, order))}</tbody>
  </table></div>`;
}

function head(query: ListQuery, column: SortColumn, label: string): Html {
  const isSorted = query.sort.column === column;
  const { direction } = query.sort;
  const next = isSorted ? (direction === 'asc' ? 'desc' : 'asc') : firstDirection(column);
  const path = listPath({ ...query, sort: { column, direction: next }, page: 1 });
  return html`<th class="num ${column}"${isSorted && html` aria-sort="${direction === 'asc' ? 'ascending' : 'descending'}"`}>
    <a href="${path}">${label}${isSorted && icon(direction === 'asc' ? 'arrow-up' : 'arrow-down')}</a></th>`;
}

function row({ agentNames, canSelect, now }: OrderTable, order: OrderRow): Html {
  const path = orderPath({ agentId: order.agent_id, orderId: order.order_id });
  const title = order.service ?? order.order_id;
  const isOwed = order.due_at !== null && order.is_open === 1;
  return html`<tr data-row id="row-${order.key}">
    ${canSelect && html`<td class="pick"><input type="checkbox" name="order" value="${order.key}" aria-label="Select ${title}, ${order.order_id}"></td>`}
    <td class="wide"><a class="title" href="${path}">${inline(title)}</a>${unreadMark(order)}
      <div class="sub" dir="auto">${inline(order.excerpt)}</div></td>
    <td class="clip" title="${agentNames.get(order.agent_id) ?? order.agent_id}">${order.buyer === null ? '–' : inline(order.buyer)}</td>
    <td>${orderStatus(order)}</td>
    <td class="num" data-label="Due">${isOwed && order.due_at !== null ? dueIn(order.due_at, now) : '–'}</td>
    <td class="num spare paid">${order.paid_at === null ? '–' : age(order.paid_at, now)}</td>
    <td class="num" data-label="Price">${dollars(order.price_micros)}</td>
    <td class="num spare">${cost(order.cost_micros)}</td>
    <td class="num spare margin">${dollars(order.margin_micros)}</td>
    <td class="num spare">${age(order.updated_at, now)}</td>
  </tr>`;
}
