import { cutText } from '../text/cut-text.ts';

/**
 * The marketplace takes a price as a string and reads it leniently (`"1,500"` becomes 1.00), so we
 * write it strictly.
 */
const PRICE_FORMAT = /^\d+\.\d{2}$/;
const MAX_PRICE_CENTS = 100_000_000;

/** Why a price cannot be quoted, in words for the operator. */
export class PriceError extends Error {
  override readonly name = 'PriceError';
}

/**
 * A price in the marketplace's format: digits, a point, two decimals. At least 0.01, at most
 * 1,000,000.00. Whole numbers and one decimal are completed (`"45"`, `"45.5"`). Any other format is
 * rejected, because a guess could be wrong.
 * @throws PriceError
 */
export function formatPrice(price: unknown): string {
  if (typeof price !== 'string') {
    throw new PriceError(`a price must be a decimal string such as "45.00", not ${describe(price)}`);
  }
  const completed = /^\d+$/.test(price) ? `${price}.00` : /^\d+\.\d$/.test(price) ? `${price}0` : price;
  if (!PRICE_FORMAT.test(completed)) {
    throw new PriceError(`"${cutText(price, 40)}" is not a decimal price such as "45.00"`);
  }
  const cents = centsOf(completed);
  if (cents < 1) throw new PriceError(`"${cutText(price, 40)}" is below the least price, 0.01`);
  if (cents > MAX_PRICE_CENTS)
    throw new PriceError(`"${cutText(price, 40)}" is above the highest price, 1000000.00`);
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/**
 * The seller's earnings: the order's value less the platform's fee. Null when either is missing or
 * not an amount.
 */
export function netOf(priceUsd: string | null, feeUsd: string | null): string | null {
  if (priceUsd === null || feeUsd === null) return null;
  const net = centsOf(priceUsd) - centsOf(feeUsd);
  return Number.isFinite(net) ? (net / 100).toFixed(2) : null;
}

/** Whether two amounts are equal in any notation (`"45"` and `"45.00"`). */
export function sameAmount(a: string, b: string): boolean {
  return centsOf(a) === centsOf(b);
}

/** NaN for a text that is not an amount. */
function centsOf(amount: string): number {
  return /^-?\d+(\.\d+)?$/.test(amount) ? Math.round(Number(amount) * 100) : Number.NaN;
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return typeof value === 'object' ? 'an object' : `${typeof value} ${cutText(String(value), 40)}`;
}
