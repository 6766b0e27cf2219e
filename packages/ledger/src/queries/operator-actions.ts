import type { OrderRef } from '@fulfillment/shared';
import type { LedgerConnections } from '../database/connections.ts';
import { refOfKey } from '../projection/order-key.ts';

/** An operator's action on an order. */
export interface OperatorAction {
  ref: OrderRef;
  /** The title of the order's service. Untrusted text. */
  service: string | null;
  /** In ms since the epoch. */
  at: number;
  operator: string;
  action: string;
  /** What the action concerns: a step, a round, an attention or a draft. */
  subject: string;
  /** The operator's own words. */
  note: string | null;
}

/** Which actions to list. */
export interface ActionFilter {
  /** Before this time in ms since the epoch. */
  before: number;
  /** Only of this operator. */
  by?: string;
  /** Only these actions. */
  actions?: readonly string[];
}

/** Lists what operators did with orders. */
export class OperatorActionQueries {
  readonly #connections: LedgerConnections;

  constructor(connections: LedgerConnections) {
    this.#connections = connections;
  }

  /** The newest actions that match. */
  async list({ before, by, actions }: ActionFilter, limit: number): Promise<OperatorAction[]> {
    let query = this.#connections.reader
      .selectFrom('operator_actions')
      .leftJoin('orders', 'orders.key', 'operator_actions.order_key')
      .select(['order_key', 'at', 'operator', 'action', 'subject', 'note', 'orders.service'])
      .where('at', '<', before);
    if (by !== undefined) query = query.where('operator', '=', by);
    if (actions !== undefined) query = query.where('action', 'in', actions);
    const rows = await query.orderBy('at', 'desc').orderBy('order_key', 'desc').limit(limit).execute();
    return rows.map(({ order_key: key, ...row }) => ({ ...row, ref: refOfKey(key) }));
  }

  /** Everybody who acted on an order, by name. */
  async operators(): Promise<string[]> {
    const rows = await this.#connections.reader
      .selectFrom('operator_actions')
      .select('operator')
      .distinct()
      .orderBy('operator')
      .execute();
    return rows.map(({ operator }) => operator);
  }
}
