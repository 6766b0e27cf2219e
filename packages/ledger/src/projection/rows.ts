import type {
  AttentionRow,
  CostRow,
  DeliverableRow,
  MessageRow,
  OperatorActionRow,
  OrderRow,
  OrderTextsRow,
  PayoutRow,
} from '../database/schema.ts';

/** Everything that the ledger holds of one order. */
export interface OrderRows {
  order: OrderRow;
  texts: OrderTextsRow;
  attention: AttentionRow[];
  costs: CostRow[];
  payouts: PayoutRow[];
  deliverables: DeliverableRow[];
  messages: MessageRow[];
  operator_actions: OperatorActionRow[];
}

/** The tables whose rows come from facts. Facts never change, so these rows are never removed. */
export const FACT_TABLES = ['costs', 'payouts', 'deliverables', 'messages', 'operator_actions'] as const;
