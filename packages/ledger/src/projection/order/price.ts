import { factOf, netOf, type OrderRecord, toMicros } from '@fulfillment/shared';

/** What the buyer pays, what the marketplace keeps, and what remains. Null: not known. */
export interface Price {
  price: number | null;
  fee: number | null;
  net: number | null;
}

/**
 * The price of an order in micro-dollars, as the order shows it, or as its completion named it.
 */
export function priceOf(record: OrderRecord): Price {
  const { snapshot } = record;
  const completed = factOf(record, 'completed');
  const price = snapshot?.quotedPriceUsd ?? completed?.priceUsd ?? null;
  const fee = snapshot?.platformFeeUsd ?? completed?.feeUsd ?? null;
  return { price: microsOf(price), fee: microsOf(fee), net: microsOf(netOf(price, fee)) };
}

function microsOf(amount: string | null): number | null {
  return amount === null ? null : toMicros(amount);
}
