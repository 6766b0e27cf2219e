import {
  type FactOf,
  factKey,
  factOf,
  factsOf,
  netOf,
  type OrderRecord,
  type Recorded,
  toMicros,
} from '@fulfillment/shared';
import type { PayoutRow } from '../../database/schema.ts';
import { redactedOrNull, storable, storableOrNull } from '../text.ts';

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
    amount_micros: toMicros(payout.amountUsd ?? '') ?? expectedMicros(record),
    net_micros: expectedMicros(record),
    chain: storableOrNull(payout.chain),
    tx_hash: storableOrNull(payout.txHash),
    reason: redactedOrNull(payout.reason),
  };
}

/** A payout whose webhook was lost: the order shows its transaction. */
function shownPayout(key: string, record: OrderRecord): PayoutRow[] {
  const txHash = record.snapshot?.payoutTxHash ?? null;
  if (txHash === null) return [];
  return [
    {
      order_key: key,
      fact_key: 'payout:shown',
      at: record.snapshot?.completedAt ?? factOf(record, 'completed')?.at ?? record.observedAt,
      outcome: 'sent',
      amount_micros: expectedMicros(record),
      net_micros: expectedMicros(record),
      chain: null,
      tx_hash: storable(txHash),
      reason: null,
    },
  ];
}

function expectedMicros({ snapshot }: OrderRecord): number | null {
  const net = netOf(snapshot?.quotedPriceUsd ?? null, snapshot?.platformFeeUsd ?? null);
  return net === null ? null : toMicros(net);
}
