import {
  type FactOf,
  factKey,
  factsOf,
  type OrderRecord,
  type Recorded,
  toMicros,
} from '@fulfillment/shared';
import type { PayoutRow } from '../../database/schema.ts';
import { priceOf } from '../order/price.ts';
import { timesOf } from '../order/times.ts';
import { redactedOrNull, storable, storableOrNull } from '../text.ts';

/** Identifies a payout whose webhook was not seen. */
export const SHOWN_PAYOUT = 'payout:shown';

/** The payouts that the marketplace sent, or failed to send. */
export function projectPayouts(key: string, record: OrderRecord): PayoutRow[] {
  const told = factsOf(record, 'payout').map((payout) => rowOf(key, record, payout));
  const isTold = told.some(({ outcome }) => outcome === 'sent');
  return isTold ? told : [...told, ...shownPayout(key, record)];
}

function rowOf(key: string, record: OrderRecord, payout: Recorded<FactOf<'payout'>>): PayoutRow {
  return {
    order_key: key,
    fact_key: storable(factKey(payout)),
    at: payout.at,
    outcome: payout.outcome,
    amount_micros: payout.amountUsd === null ? null : toMicros(payout.amountUsd),
    net_micros: priceOf(record).net,
    chain: storableOrNull(payout.chain),
    tx_hash: storableOrNull(payout.txHash),
    reason: redactedOrNull(payout.reason),
  };
}

/** A payout whose webhook was lost: the order shows its transaction, but not its amount. */
function shownPayout(key: string, record: OrderRecord): PayoutRow[] {
  const txHash = record.snapshot?.payoutTxHash ?? null;
  if (txHash === null) return [];
  // An instant hire is paid out when the buyer pays.
  const { completed, paid, updated } = timesOf(record);
  return [
    {
      order_key: key,
      fact_key: SHOWN_PAYOUT,
      at: completed ?? paid ?? updated,
      outcome: 'sent',
      amount_micros: null,
      net_micros: priceOf(record).net,
      chain: null,
      tx_hash: storable(txHash),
      reason: null,
    },
  ];
}
