import { formatPrice } from '@fulfillment/shared';
import type { HandlerContext, HandlerInput, HandlerOrder, Refusal } from './types.ts';

type Quote = NonNullable<HandlerInput['quote']>;

/**
 * A `quote` that always asks the same.
 * @param priceUsd a decimal string, `"45"` or `"45.00"`.
 * @throws PriceError at once, when it is no price that can be quoted.
 */
export function fixedQuote(priceUsd: string): Quote {
  const price = formatPrice(priceUsd);
  return () => price;
}

export interface PerUnitQuote {
  /**
   * How many units an order has: a function, which may ask a model, or the name of a requirement field that holds a number. A refusal
   * is passed on.
   */
  units: string | ((ctx: HandlerContext) => number | Refusal | Promise<number | Refusal>);
  /** The price of a unit, a decimal string. Decimals below a cent are fine: `"0.004"` for a word. */
  unitPriceUsd: string;
  /** What every order costs beside its units. Default `"0"`. */
  basePriceUsd?: string;
  /** At least this is asked. */
  minimumUsd?: string;
  /** An order that would cost more is refused, rather than done for less. */
  maximumUsd?: string;
  /** The price is rounded up to a multiple of this. Default `"0.01"`. */
  roundUpToUsd?: string;
}

/** Prices are worked out in millionths of a dollar, as whole numbers: binary fractions would be a cent off now and then. */
const MICRO = 1_000_000;

/**
 * A `quote` by the number of units that an order has.
 * @throws PriceError at once, when one of its prices is none.
 */
export function perUnitQuote(options: PerUnitQuote): Quote {
  const { units, minimumUsd, maximumUsd } = options;
  const unitPrice = micros(options.unitPriceUsd, 'unitPriceUsd');
  const base = micros(options.basePriceUsd ?? '0', 'basePriceUsd');
  const minimum = minimumUsd === undefined ? 0n : micros(minimumUsd, 'minimumUsd');
  const maximum = maximumUsd === undefined ? null : micros(maximumUsd, 'maximumUsd');
  const step = micros(options.roundUpToUsd ?? '0.01', 'roundUpToUsd');
  if (step === 0n) throw new TypeError('roundUpToUsd must be more than 0');
  return async (ctx) => {
    const counted = typeof units === 'string' ? unitsIn(ctx.order, units) : await units(ctx);
    if (typeof counted !== 'number') return counted;
    if (!Number.isFinite(counted) || counted < 0) {
      throw new TypeError(`units must be a number of at least 0, and was ${counted}`);
    }
    // A count with decimals is counted to the millionth.
    const exact = base + (unitPrice * BigInt(Math.round(counted * MICRO))) / BigInt(MICRO);
    const asked = roundUp(exact > minimum ? exact : minimum, step);
    if (maximum !== null && asked > maximum) {
      return {
        refuse: `${counted} units would cost ${text(asked)} USD, more than the ${text(maximum)} USD that are taken`,
      };
    }
    return text(roundUp(asked, 10_000n));
  };
}

/** A buyer's number in a requirement field; anything else refuses the quote, and says which field. */
function unitsIn({ requirementAnswers }: HandlerOrder, field: string): number | Refusal {
  const answer = requirementAnswers[field];
  const count = typeof answer === 'string' ? Number(answer.trim() || Number.NaN) : answer;
  return typeof count === 'number' && Number.isFinite(count) && count >= 0
    ? count
    : { refuse: `the field "${field}" holds no number` };
}

function micros(price: string, name: string): bigint {
  const parts = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(price);
  if (parts === null)
    throw new TypeError(`${name} must be a decimal string such as "45" or "0.004", and was "${price}"`);
  return BigInt(parts[1] ?? '') * BigInt(MICRO) + BigInt((parts[2] ?? '').padEnd(6, '0'));
}

function roundUp(amount: bigint, step: bigint): bigint {
  return ((amount + step - 1n) / step) * step;
}

/** Whole cents as a decimal string. */
function text(amount: bigint): string {
  const cents = (amount + 9_999n) / 10_000n;
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}
