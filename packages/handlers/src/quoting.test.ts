import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixedQuote, type PerUnitQuote, perUnitQuote } from './quoting.ts';
import { openBench } from './test-support/context.ts';

const bench = await openBench();

async function priceOf(options: Omit<PerUnitQuote, 'units'>, units: number) {
  return await perUnitQuote({ ...options, units: () => units })(bench.context().ctx);
}

test('fixedQuote asks the same of everybody, and refuses at once what is no price', async () => {
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

  test('more than the maximum is refused, with the reason', async () => {
    expect(await priceOf({ unitPriceUsd: '2', maximumUsd: '10' }, 6)).toEqual({
      refuse: '6 units would cost 12.00 USD, more than the 10.00 USD that are taken',
    });
  });

  test('units from a requirement field', async () => {
    const quote = perUnitQuote({ units: 'words', unitPriceUsd: '0.10' });
    const asked = (words: unknown) => quote(bench.context({ order: { requirementAnswers: { words } } }).ctx);
    expect(await asked('120')).toBe('12.00');
    expect(await asked(120)).toBe('12.00');
    for (const wrong of ['many', '', '-1', null, undefined, {}, Number.NaN]) {
      expect(await asked(wrong)).toEqual({ refuse: 'the field "words" holds no number' });
    }
  });

  test('a refusal of the counting is passed on; a count that is none is an error', async () => {
    const { ctx } = bench.context();
    const refusing = perUnitQuote({ units: async () => ({ refuse: 'too vague' }), unitPriceUsd: '1' });
    expect(await refusing(ctx)).toEqual({ refuse: 'too vague' });
    await expect(priceOf({ unitPriceUsd: '1' }, Number.NaN)).rejects.toThrow('units must be a number');
  });

  test('a wrong option is told at once, by its name', () => {
    expect(() => perUnitQuote({ units: 'words', unitPriceUsd: '1,5' })).toThrow('unitPriceUsd');
    expect(() => perUnitQuote({ units: 'words', unitPriceUsd: '1', roundUpToUsd: '0' })).toThrow(
      'roundUpToUsd',
    );
  });

  test('always whole cents, never below the exact price, less than a cent above it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 1, max: 99_999 }),
        async (units, price) => {
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
