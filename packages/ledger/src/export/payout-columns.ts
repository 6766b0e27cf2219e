import type { PayoutRow } from '../database/schema.ts';
import { refOfKey } from '../projection/order-key.ts';
import { amountOf, type Columns, timeOf } from './columns.ts';

/** A payout with the columns of its order that an accountant needs. */
export interface ExportedPayout extends PayoutRow {
  service: string | null;
  buyer: string | null;
  price_micros: number | null;
  fee_micros: number | null;
}

/** The columns of the export of payouts. Amounts are in the currency of the column `currency`. */
export const PAYOUT_COLUMNS: Columns<ExportedPayout> = {
  time: (payout) => timeOf(payout.at),
  outcome: (payout) => payout.outcome,
  order_id: (payout) => refOfKey(payout.order_key).orderId,
  agent_id: (payout) => refOfKey(payout.order_key).agentId,
  service: (payout) => payout.service,
  buyer: (payout) => payout.buyer,
  currency: () => 'USD',
  amount: (payout) => amountOf(payout.amount_micros),
  expected: (payout) => amountOf(payout.net_micros),
  price: (payout) => amountOf(payout.price_micros),
  fee: (payout) => amountOf(payout.fee_micros),
  chain: (payout) => payout.chain,
  transaction: (payout) => payout.tx_hash,
  reason: (payout) => payout.reason,
};
