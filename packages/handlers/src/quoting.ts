import { formatPrice, parseUsd, rejectUnknownOptions, type Usd, usd } from '@fulfillment/shared';
import type { HandlerContext, HandlerInput, HandlerOrder, Refusal } from './types.ts';

type Quote = NonNullable<HandlerInput['quote']>;

/** The limits of a quote's price. Decimal strings, `"45"` or `"0.50"`. */
export interface PriceLimits {
  /** The lowest price that is quoted. */
  minimumUsd?: string;
  /** An order that would cost more is refused, and not done for less. */
  maximumUsd?: string;
  /** The price is rounded up to a multiple of this. Default `"0.01"`. */
  roundUpToUsd?: string;
}

const PRICE_LIMITS = {
  minimumUsd: true,
  maximumUsd: true,
  roundUpToUsd: true,
} satisfies Record<keyof PriceLimits, true>;

export interface PerUnitQuote extends PriceLimits {
  /**
   * How many units an order has. Either a function, which may ask a model, or the name of a
   * requirement field that holds a number. A refusal is passed on.
   */
  units: string | ((ctx: HandlerContext) => number | Refusal | Promise<number | Refusal>);
  /**
   * The price of a unit, a decimal string. Decimals below a cent are fine: `"0.004"` for a word.
   */
  unitPriceUsd: string;
  /** The price that every order has in addition to its units. Default `"0"`. */
  basePriceUsd?: string;
}

const PER_UNIT_OPTIONS = {
  ...PRICE_LIMITS,
  units: true,
  unitPriceUsd: true,
  basePriceUsd: true,
} satisfies Record<keyof PerUnitQuote, true>;

/** Prices and counts are exact to the millionth. */
const DECIMALS = 6;
const MICRO = usd(0.000001);
const CENT = usd(0.01);
/** The marketplace accepts no higher price. */
const HIGHEST_USD = '1000000';
/** More units than this are not an order, but a mistake. */
const MOST_UNITS = 1e9;

/**
 * A `quote` that always asks the same price.
 * @param priceUsd a decimal string, `"45"` or `"45.00"`.
 * @throws PriceError at once, when the price cannot be quoted.
 */
export function fixedQuote(priceUsd: string): Quote {
  const price = formatPrice(priceUsd);
  return () => price;
}

/**
 * A `quote` by the number of units of an order. An order with nothing to charge for is refused.
 * @throws TypeError at once, when one of its prices is not a price, or the minimum is above the
 * maximum.
 */
export function perUnitQuote(options: PerUnitQuote): Quote {
  rejectUnknownOptions('perUnitQuote', options, PER_UNIT_OPTIONS);
  const { units, unitPriceUsd, basePriceUsd = '0', ...limits } = options;
  const unitPrice = priceOption(unitPriceUsd, 'unitPriceUsd');
  const base = priceOption(basePriceUsd, 'basePriceUsd');
  const limited = limiter(limits);
  return async (ctx) => {
    const counted = typeof units === 'string' ? unitsIn(ctx.order, units) : await units(ctx);
    if (typeof counted !== 'number') return counted;
    if (!(counted >= 0 && counted <= MOST_UNITS)) {
      throw new TypeError(`units must be a number from 0 to ${MOST_UNITS}, and was ${counted}`);
    }
    const cost = unitPrice.times(usd(counted).round(DECIMALS));
    return limited(base.plus(roundDown(cost, MICRO)));
  };
}

/**
 * Keeps the price of another `quote` between limits. For example, a model may estimate the price
 * from a brief that tries to talk the price down. The price may have up to six decimals. A refusal
 * is passed on. An answer that is not a price is passed on, too, and waits for a human.
 * @throws TypeError at once, when one of the limits is not a price, or the minimum is above the
 * maximum.
 */
export function withinPrices(quote: Quote, limits: PriceLimits): Quote {
  rejectUnknownOptions('withinPrices', limits, PRICE_LIMITS);
  const limited = limiter(limits);
  return async (ctx) => {
    const asked = await quote(ctx);
    const exact = typeof asked === 'string' ? amount(asked) : null;
    return exact === null ? asked : limited(exact);
  };
}

/**
 * @returns the function that turns an exact price into the price to quote, or a
 * refusal.
 */
function limiter({ minimumUsd = '0', maximumUsd = HIGHEST_USD, roundUpToUsd = '0.01' }: PriceLimits) {
  const minimum = priceOption(minimumUsd, 'minimumUsd');
  const maximum = priceOption(maximumUsd, 'maximumUsd');
  const step = priceOption(roundUpToUsd, 'roundUpToUsd');
  if (step.eq(0)) throw new TypeError('roundUpToUsd must be more than 0');
  if (minimum.gt(maximum)) throw new TypeError('minimumUsd must not be above maximumUsd');
  return (exact: Usd): string | Refusal => {
    const asked = roundUp(roundUp(exact.gt(minimum) ? exact : minimum, step), CENT);
    if (asked.eq(0)) return { refuse: 'there is nothing to charge for' };
    if (asked.gt(maximum)) {
      return {
        refuse: `it would cost ${asked.toFixed(2)} USD, more than the ${roundUp(maximum, CENT).toFixed(2)} USD that are taken`,
      };
    }
    return asked.toFixed(2);
  };
}

/**
 * A buyer's number in a requirement field. For any other answer, a refusal of the quote that names
 * the field.
 */
function unitsIn({ requirementAnswers }: HandlerOrder, field: string): number | Refusal {
  const answer = requirementAnswers[field];
  const written = typeof answer === 'number' ? String(answer) : answer;
  return typeof written === 'string' && /^\d{1,9}(\.\d{1,6})?$/.test(written.trim())
    ? Number(written)
    : { refuse: `the field "${field}" holds no number` };
}

function priceOption(price: string, name: string): Usd {
  const exact = amount(price);
  if (exact === null)
    throw new TypeError(`${name} must be a decimal string such as "45" or "0.004", and was "${price}"`);
  return exact;
}

/** The amount of a decimal string, or null when it is not a price. */
function amount(price: string): Usd | null {
  return /^\d{1,9}(\.\d{1,6})?$/.test(price) ? parseUsd(price) : null;
}

function roundDown(exact: Usd, step: Usd): Usd {
  return exact.minus(exact.mod(step));
}

function roundUp(exact: Usd, step: Usd): Usd {
  const below = roundDown(exact, step);
  return below.eq(exact) ? exact : below.plus(step);
}
