import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixedQuote, type PerUnitQuote, perUnitQuote, withinPrices } from './quoting.ts';
import { openBench } from './test-support/context.ts';

const bench = await openBench();

async function priceOf(options: Omit<PerUnitQuote, 'units'>, units: number) {
  return await perUnitQuote({ ...options, units: () => units })(bench.context().ctx);
}

test('fixedQuote returns the same price for everybody, and rejects an invalid price at once', async () => {
  expect(await fixedQuote('45')(bench.context().ctx)).toBe('45.00');
  expect(() => fixedQuote('1,500')).toThrow('1,500');
});

describe('perUnitQuote', () => {
  test.each([
    ['a price of its units', { unitPriceUsd: '2.50' }, 3, '7.50'],
    ['with a base', { unitPriceUsd: '2.50', basePriceUsd: '10' }, 3, '17.50'],
    ['below a cent', { unitPriceUsd: '0.004' }, 1000, '4.00'],
    ['rounded up to a cent', { unitPriceUsd: '0.004' }, 1, '0.01'],
    ['at least the minimum', { unitPriceUsd: '1', minimumUsd: '5' }, 2, '5.00'],
    ['rounded up to a multiple', { unitPriceUsd: '1', roundUpToUsd: '5' }, 11, '15.00'],
    ['half units', { unitPriceUsd: '3' }, 1.5, '4.50'],
    ['without binary fractions', { unitPriceUsd: '0.1' }, 3, '0.30'],
  ])('%s', async (_name, options, units, price) => {
    expect(await priceOf(options, units)).toBe(price);
  });

  test('more than the maximum is declined, with the reason', async () => {
    expect(await priceOf({ unitPriceUsd: '2', maximumUsd: '10' }, 6)).toEqual({
      refuse: 'it would cost 12.00 USD, more than the 10.00 USD that are taken',
    });
  });

  test('the units come from a requirement field', async () => {
    const quote = perUnitQuote({ units: 'words', unitPriceUsd: '0.10' });
    const asked = (words: unknown) => quote(bench.context({ order: { requirementAnswers: { words } } }).ctx);
    expect(await asked('120')).toBe('12.00');
    expect(await asked(120)).toBe('12.00');
    const none = ['many', '', '-1', '1e303', '0x10', '1,200', null, undefined, {}, Number.NaN, 1e303, -1];
    for (const wrong of none) {
      expect(await asked(wrong)).toEqual({ refuse: 'the field "words" holds no number' });
    }
  });

  test('a declined count is passed on, and an invalid count is an error', async () => {
    const { ctx } = bench.context();
    const refusing = perUnitQuote({ units: async () => ({ refuse: 'too vague' }), unitPriceUsd: '1' });
    expect(await refusing(ctx)).toEqual({ refuse: 'too vague' });
    for (const wrong of [Number.NaN, -1, 1e303, Infinity]) {
      await expect(priceOf({ unitPriceUsd: '1' }, wrong)).rejects.toThrow('units must be a number');
    }
  });

  test('a wrong option is an error at once, with its name', () => {
    expect(() => perUnitQuote({ units: 'words', unitPriceUsd: '1,5' })).toThrow('unitPriceUsd');
    expect(() => perUnitQuote({ units: 'words', unitPriceUsd: '1', roundUpToUsd: '0' })).toThrow(
      'roundUpToUsd',
    );
    expect(() =>
      perUnitQuote({ units: 'words', unitPriceUsd: '1', minimumUsd: '9', maximumUsd: '5' }),
    ).toThrow('minimumUsd must not be above maximumUsd');
  });

  test("a price of zero is declined, and so is a price beyond the marketplace's limit", async () => {
    expect(await priceOf({ unitPriceUsd: '1' }, 0)).toEqual({ refuse: 'there is nothing to charge for' });
    expect(await priceOf({ unitPriceUsd: '1', minimumUsd: '5' }, 0)).toBe('5.00');
    expect(await priceOf({ unitPriceUsd: '1' }, 1_000_001)).toEqual({
      refuse: 'it would cost 1000001.00 USD, more than the 1000000.00 USD that are taken',
    });
  });

  test('prices are whole cents, at or less than a cent above the exact price', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 1, max: 99_999 }),
        async (units, price) => {
          fc.pre(units > 0);
          const unitPriceUsd = (price / 10_000).toFixed(4);
          const asked = await priceOf({ unitPriceUsd }, units);
          if (typeof asked !== 'string') throw new Error('refused');
          expect(asked).toMatch(/^\d+\.\d{2}$/);
          const above = Math.round(Number(asked) * 100) * 100 - units * price;
          expect(above).toBeGreaterThanOrEqual(0);
          expect(above).toBeLessThan(100);
        },
      ),
    );
  });
});

describe('withinPrices', () => {
  const limits = { minimumUsd: '20', maximumUsd: '200', roundUpToUsd: '5' };
  const asked = (answer: unknown) => withinPrices(async () => answer as string, limits)(bench.context().ctx);

  test.each([
    ['leaves what lies between', '45', '45.00'],
    ['rounds up', '45.01', '50.00'],
    ['asks the minimum of what was talked down', '0.01', '20.00'],
    ['takes more decimals than a price has', '44.999999', '45.00'],
  ])('%s', async (_what, answer, price) => {
    expect(await asked(answer)).toBe(price);
  });

  test('declines a price above the maximum', async () => {
    expect(await asked('200.01')).toEqual({
      refuse: 'it would cost 205.00 USD, more than the 200.00 USD that are taken',
    });
  });

  test.each([{ refuse: 'no' }, '1,500', 'free', '1e3', 45, undefined])('passes %j on', async (answer) => {
    expect(await asked(answer)).toEqual(answer);
  });
});

test('perUnitQuote suggests the nearest option', () => {
  const misspelt = { units: 'words', unitPriceUSD: '0.1' } as Partial<Parameters<typeof perUnitQuote>[0]>;
  expect(() => perUnitQuote({ unitPriceUsd: '0.1', units: 'words', ...misspelt })).toThrow(
    'no option "unitPriceUSD". Did you mean "unitPriceUsd"?',
  );
});
