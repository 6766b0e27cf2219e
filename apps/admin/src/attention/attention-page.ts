import { DEFAULT_SORT, formatFilter, type OrderRow } from '@fulfillment/ledger';
import { orderPath } from '../board.ts';
import { BULK_LABELS, isBulkAction } from '../bulk/bulk-action.ts';
import { listPath } from '../list/list-query.ts';
import { elementId } from '../page/element-id.ts';
import { count } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { icon } from '../page/icon.ts';
import { dollars, wholeDollars } from '../page/money.ts';
import { distance, dueTime } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';
import type { AttentionData, ShownGroup } from './attention-data.ts';
import { kindPill } from './kind-pill.ts';

interface AttentionView {
  data: AttentionData;
  mayAct: boolean;
  now: number;
}

/** What waits for the operator, in groups of equal reasons. */
export function attentionPage({ data, mayAct, now }: AttentionView): Html {
  const { counts, groups, dueSoon, late } = data;
  if (counts.waiting === 0 && late.count === 0) return nothingWaits(counts.open);
  const verb = counts.waiting === 1 ? 'needs' : 'need';
  return html`<div class="page-head">
      <h1>${count(counts.waiting, 'order')} ${verb} you</h1>
      ${dueSoon > 0 && html`<span class="muted">${dueSoon} due within 4 h or late</span>`}
    </div>
    ${groups.map((group) => groupPanel(group, mayAct, now))}
    ${late.count > 0 && latePanel(late, now)}`;
}

function nothingWaits(open: number): Html {
  return html`<div class="page-head"><h1>Attention</h1></div>
    <section class="panel"><div class="empty">${icon('circle-check')}<h2>No order needs you</h2>
      <p>Failures, drafts to review, questions of buyers, disputes and payouts appear here, grouped by their cause.
      ${open > 0 && html`<a href="/orders?q=is:open">${count(open, 'open order')}</a> ${open === 1 ? 'is' : 'are'} on the way.`}</p>
    </div></section>`;
}

function groupPanel({ group, entries }: ShownGroup, mayAct: boolean, now: number): Html {
  const { kind, title, detail, orders, firstDueAt, openedAt, priceMicros } = group;
  const more = orders - entries.length;
  const id = elementId('group', JSON.stringify([kind, title, detail]));
  return html`<section class="panel" id="${id}" data-group="${title}">
    <header>${kindPill(kind)}<h2>${orders > 1 && `${orders} × `}${inline(titleOf(group))}</h2>
      <span class="muted">${firstDueAt !== null && html`${orders > 1 && 'first: '}${dueTime(firstDueAt, now)} · `}${wholeDollars(priceMicros)}${openedAt !== null && html` · ${orders > 1 && 'first '}opened ${distance(openedAt, now)}`}</span>
      ${mayAct && groupActions(group)}</header>
    <div class="table-box"><table class="stacked lines"><tbody>${entries.map(({ order }) => orderLine(order, id, now))}</tbody></table></div>
    ${more > 0 && html`<footer><a href="${groupPath(group)}">${more} more</a></footer>`}
  </section>`;
}

/** The reason of the group. Errors of handlers often begin with the same words as the title. */
function titleOf({ title, detail }: ShownGroup['group']): string {
  return detail === '' || detail.startsWith(title) ? detail || title : `${title}: ${detail}`;
}

/** The actions that apply to every order of the group. Each leads to a preview first. */
function groupActions({ title, detail, kind, orders, actions }: ShownGroup['group']): Html | false {
  const possible = actions.filter(isBulkAction);
  if (possible.length === 0) return false;
  return html`<form class="actions" method="post" action="/bulk/preview">
    <input type="hidden" name="kind" value="${kind}"><input type="hidden" name="title" value="${title}">
    <input type="hidden" name="detail" value="${detail}">
    ${possible.toReversed().map((action, index) => {
      const isMain = index === possible.length - 1;
      const label = `${BULK_LABELS[action]}${orders > 1 ? ` all ${orders}` : ''}`;
      return html`<button class="small${isMain && ' primary'}" name="action" value="${action}">${label}</button>`;
    })}
  </form>`;
}

function latePanel({ count: total, orders }: AttentionData['late'], now: number): Html {
  const more = total - orders.length;
  return html`<section class="panel" id="group-late" data-group="late">
    <header><span class="pill warn">Late</span><h2>${count(total, 'late order')} in work</h2>
      <span class="muted">Their work goes on without you.</span></header>
    <div class="table-box"><table class="stacked lines"><tbody>${orders.map((order) => orderLine(order, 'group-late', now))}</tbody></table></div>
    ${more > 0 && html`<footer><a href="/orders?q=${encodeURIComponent('is:late -is:waiting')}">${more} more</a></footer>`}
  </section>`;
}

function orderLine(order: OrderRow, group: string, now: number): Html {
  const path = orderPath({ agentId: order.agent_id, orderId: order.order_id });
  return html`<tr data-row id="${group}-${order.agent_id}-${order.order_id}">
    <td class="wide"><a class="title" href="${path}">${inline(order.service ?? order.order_id)}</a>
      <div class="sub" dir="auto">${inline(order.excerpt)}</div></td>
    <td class="buyer clip">${order.buyer !== null && inline(order.buyer)}</td>
    <td class="num amount">${dollars(order.price_micros)}</td>
    <td class="num when">${order.due_at !== null && dueTime(order.due_at, now)}</td>
  </tr>`;
}

function groupPath({ title, detail }: ShownGroup['group']): string {
  const texts = [title, detail].filter((text) => text !== '');
  const text = formatFilter(
    texts.map((one) => ({ kind: 'text', field: 'attention', text: one, isExact: true, isNegated: false })),
  );
  return listPath({ text, sort: { ...DEFAULT_SORT, column: 'due', direction: 'asc' }, page: 1 });
}
