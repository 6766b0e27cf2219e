import type { OrderRow } from '../database/schema.ts';
import { amountOf, type Columns, timeOf } from './columns.ts';

/** The columns of the export of orders. Amounts are in the currency of the column `currency`. */
export const ORDER_COLUMNS: Columns<OrderRow> = {
  order_id: (order) => order.order_id,
  agent_id: (order) => order.agent_id,
  service: (order) => order.service,
  buyer: (order) => order.buyer,
  handler: (order) => order.handler,
  status: (order) => order.status,
  stage: (order) => order.stage,
  money_state: (order) => order.money_state,
  currency: () => 'USD',
  price: (order) => amountOf(order.price_micros),
  fee: (order) => amountOf(order.fee_micros),
  net: (order) => amountOf(order.net_micros),
  cost: (order) => amountOf(order.cost_micros),
  margin: (order) => amountOf(order.margin_micros),
  created_at: (order) => timeOf(order.created_at),
  paid_at: (order) => timeOf(order.paid_at),
  due_at: (order) => timeOf(order.due_at),
  delivered_at: (order) => timeOf(order.delivered_at),
  completed_at: (order) => timeOf(order.completed_at),
  cancelled_at: (order) => timeOf(order.cancelled_at),
  paid_out_at: (order) => timeOf(order.paid_out_at),
  revisions: (order) => order.revisions,
  rating: (order) => order.rating,
  brief: (order) => order.excerpt,
};
