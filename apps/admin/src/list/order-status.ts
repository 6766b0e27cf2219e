import type { OrderRow } from '@fulfillment/ledger';
import { stagePill } from '../orders/stage-pill.ts';
import { type Html, html } from '../page/html.ts';

/** The state of an order in one pill: what the operator needs to know first. */
export function orderStatus(order: OrderRow): Html {
  if (order.money_state === 'disputed') return html`<span class="pill bad">Disputed</span>`;
  if (order.money_state === 'payout_failed') return html`<span class="pill bad">Payout failed</span>`;
  if (order.attention_count > 0) return html`<span class="pill warn">Needs you</span>`;
  if (order.money_state === 'paid_out') return html`<span class="pill ok">Paid out</span>`;
  if (order.money_state === 'completed') return html`<span class="pill info">Payout awaited</span>`;
  if (order.money_state === 'refunded') return html`<span class="pill mute">Refunded</span>`;
  return stagePill(order.stage);
}

/** How many messages of the buyer nobody answered. */
export function unreadMark({ unread_count: unread }: OrderRow): Html | false {
  return unread > 0 && html` <span class="pill info">${unread} unread</span>`;
}
