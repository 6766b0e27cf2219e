import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../test-support/records.ts';
import {
  formatCost,
  formatPrice,
  fromMicros,
  netOf,
  PriceError,
  parseUsd,
  sameAmount,
  toMicros,
  usd,
} from './money.ts';

test.each([
  ['45', '45.00'],
  ['45.5', '45.50'],
  ['45.00', '45.00'],
  ['0.01', '0.01'],
  ['007.10', '7.10'],
  ['1000000', '1000000.00'],
  ['1000000.00', '1000000.00'],
  ['999999.99', '999999.99'],
])('%s is quoted as %s', (price, written) => {
  expect(formatPrice(price)).toBe(written);
});

test.each([
  '1,500',
  '1.500,00',
  '0',
  '0.00',
  '0.001',
  '0.004',
  '1000000.01',
  '99999999999999999999',
  '9'.repeat(400),
  'NaN',
  'Infinity',
  '1e3',
  '0x10',
  ' 45',
  '45 ',
  '45\n',
  '-1',
  '+1',
  '45.',
  '.45',
  '٣',
  '４５',
  '$45',
  '',
])('%j is rejected, not guessed', (price) => {
  expect(() => formatPrice(price)).toThrow(PriceError);
});

test.each([
  45,
  0.1,
  Number.NaN,
  null,
  undefined,
  {},
  [],
  ['45'],
  true,
  45n,
  Symbol('45'),
  Object.create(null),
])('a price that is not a text is rejected: %o', (price) => {
  expect(() => formatPrice(price)).toThrow(PriceError);
});

test('a text is quoted exactly if it is a decimal amount of cents within the limits', () => {
  const texts = fc.oneof(fc.string(), fc.float().map(String), fc.stringMatching(/^\d{0,8}[.,]?\d{0,3}$/));
  fc.assert(
    fc.property(texts, (text) => {
      const cents = /^\d+(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : 0;
      if (cents < 1 || cents > 100_000_000) expect(() => formatPrice(text)).toThrow(PriceError);
      else expect(formatPrice(text)).toMatch(/^\d+\.\d{2}$/);
    }),
    runs(1000),
  );
});

test('every amount of cents is written without loss', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000_000 }), (cents) => {
      const written = formatPrice((cents / 100).toFixed(2));
      expect(BigInt(written.replace('.', ''))).toBe(BigInt(cents));
      expect(formatPrice(written)).toBe(written);
    }),
    runs(1000),
  );
});

test('the net is the price less the fee, and null when either is not an amount', () => {
  expect(netOf('45.00', '4.50')).toBe('40.50');
  expect(netOf('0.30', '0.10')).toBe('0.20');
  expect(netOf(null, '4.50')).toBeNull();
  expect(netOf('45.00', null)).toBeNull();
  expect(netOf('', '')).toBeNull();
  expect(netOf('forty', '4.50')).toBeNull();
});

test('amounts are the same however they are written, and a text that is not an amount equals nothing', () => {
  expect(sameAmount('45', '45.00')).toBe(true);
  expect(sameAmount('45', '45.01')).toBe(false);
  expect(sameAmount('', '0')).toBe(false);
  expect(sameAmount('x', 'x')).toBe(false);
});

test('the sum of costs is exact, however many there are', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1e9 })), (micros) => {
      const sum = micros.reduce((total, each) => total.plus(usd(each / 1e6)), usd(0));
      expect(toMicros(sum)).toBe(micros.reduce((total, each) => total + each, 0));
    }),
    runs(300),
  );
});

test('every whole number of micro-dollars is written and read without loss', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (micros) => {
      const written = fromMicros(micros);
      expect(written).toMatch(/^-?\d+\.\d{2,6}$/);
      expect(toMicros(written)).toBe(micros);
    }),
    runs(1000),
  );
});

test.each([
  ['45', 45_000_000],
  ['0.0000005', 1],
  ['0.0000004', 0],
  [0.1, 100_000],
  [1e-30, 0],
  ['9007199254.740991', Number.MAX_SAFE_INTEGER],
  ['9007199254.740992', null],
  ['999999999999999', null],
  [1e300, null],
  [Number.NaN, null],
  [Number.POSITIVE_INFINITY, null],
  ['', null],
  ['1,500', null],
  ['1e3', null],
])('%o is %o micro-dollars', (amount, micros) => {
  expect(toMicros(amount)).toBe(micros);
});

test('a fraction of a micro-dollar cannot be written, and an infinite amount cannot be computed with', () => {
  expect(() => fromMicros(0.5)).toThrow(RangeError);
  expect(() => usd(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  expect(parseUsd('9'.repeat(400))).toBeNull();
});

test('a cost is written to the millionth, and never in exponents', () => {
  expect(formatCost(0.1 + 0.2)).toBe('0.3 USD');
  expect(formatCost(1e-9)).toBe('0 USD');
  expect(formatCost(1e21)).toBe('1000000000000000000000 USD');
  expect(formatCost(12)).toBe('12 USD');
});
