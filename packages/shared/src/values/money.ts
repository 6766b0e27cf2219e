import { Big } from 'big.js';
import { cutText } from '../text/cut-text.ts';

/**
 * An amount of money in USD, as an exact decimal. Binary fractions would be a cent off now and
 * then, so the product computes with no other type.
 */
export type Usd = Big;

/**
 * The marketplace takes a price as a string and reads it leniently (`"1,500"` becomes 1.00), so we
 * write it strictly.
 */
const PRICE_FORMAT = /^\d+\.\d{2}$/;
const LOWEST_PRICE = new Big('0.01');
const HIGHEST_PRICE = new Big('1000000');

const AMOUNT_FORMAT = /^-?\d{1,15}(\.\d{1,15})?$/;
const MICRO = new Big(1_000_000);

/** Why a price cannot be quoted, in words for the operator. */
export class PriceError extends Error {
  override readonly name = 'PriceError';
}

/**
 * An amount to compute with. A number stands for its shortest decimal notation: 0.1 is a tenth.
 * @throws RangeError for a number that is not finite.
 */
export function usd(amount: number | Usd): Usd {
  if (typeof amount === 'number' && !Number.isFinite(amount)) {
    throw new RangeError(`an amount must be finite, and was ${amount}`);
  }
  return new Big(amount);
}

/** The amount in a text such as `"45"`, `"45.00"` or `"-0.004"`. Null for any other text. */
export function parseUsd(text: string): Usd | null {
  return AMOUNT_FORMAT.test(text) ? new Big(text) : null;
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
  const amount = new Big(completed);
  if (amount.lt(LOWEST_PRICE)) throw new PriceError(`"${cutText(price, 40)}" is below the least price, 0.01`);
  if (amount.gt(HIGHEST_PRICE))
    throw new PriceError(`"${cutText(price, 40)}" is above the highest price, 1000000.00`);
  return amount.toFixed(2);
}

/**
 * The seller's earnings: the order's value less the platform's fee. Null when either is missing or
 * not an amount.
 */
export function netOf(priceUsd: string | null, feeUsd: string | null): string | null {
  const price = parseUsd(priceUsd ?? '');
  const fee = parseUsd(feeUsd ?? '');
  return price === null || fee === null ? null : price.minus(fee).toFixed(2);
}

/** Whether two amounts are equal to the cent, in any notation (`"45"` and `"45.00"`). */
export function sameAmount(a: string, b: string): boolean {
  const cents = parseUsd(b)?.round(2);
  return cents !== undefined && parseUsd(a)?.round(2).eq(cents) === true;
}

/** A cost for people, to the millionth of a dollar: `0.0042 USD`. */
export function formatCost(amount: number | Usd): string {
  return `${usd(amount).round(6).toFixed()} USD`;
}

/**
 * An amount in whole micro-dollars (millionths of a dollar), rounded half up, for storage in SQL.
 * @returns null when the amount is not one, or above 9 billion dollars.
 */
export function toMicros(amount: string | number | Usd): number | null {
  const exact = typeof amount === 'string' ? parseUsd(amount) : finite(amount);
  const micros = exact?.times(MICRO).round(0, Big.roundHalfUp).toNumber();
  return micros !== undefined && Number.isSafeInteger(micros) ? micros : null;
}

/**
 * Whole micro-dollars as a decimal string with at least two decimals: `"45.00"`, `"0.0042"`.
 * @throws RangeError for a number that is not a whole number.
 */
export function fromMicros(micros: number): string {
  if (!Number.isSafeInteger(micros)) throw new RangeError(`${micros} are not whole micro-dollars`);
  const amount = new Big(micros).div(MICRO);
  return amount.eq(amount.round(2)) ? amount.toFixed(2) : amount.toFixed();
}

function finite(amount: number | Usd): Usd | null {
  return typeof amount === 'number' && !Number.isFinite(amount) ? null : new Big(amount);
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return typeof value === 'object' ? 'an object' : `${typeof value} ${cutText(String(value), 40)}`;
}
