import { ORDER_STAGES } from '@fulfillment/shared';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AMOUNT_FIELDS,
  COMPARISONS,
  type Condition,
  FilterError,
  NUMBER_FIELDS,
  STATES,
  TEXT_FIELDS,
  TIME_FIELDS,
} from './filter.ts';
import { formatFilter } from './format-filter.ts';
import { parseFilter } from './parse-filter.ts';

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((value) => value.trim() !== '');
const isNegated = fc.boolean();
const comparison = fc.constantFrom(...COMPARISONS);
const conditions: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('word' as const), text, isNegated }),
  fc.record({
    kind: fc.constant('text' as const),
    field: fc.constantFrom(...TEXT_FIELDS),
    text,
    isExact: fc.boolean(),
    isNegated,
  }),
  fc.record({ kind: fc.constant('stage' as const), stage: fc.constantFrom(...ORDER_STAGES), isNegated }),
  fc.record({ kind: fc.constant('state' as const), state: fc.constantFrom(...STATES), isNegated }),
  fc.record({
    kind: fc.constant('amount' as const),
    field: fc.constantFrom(...AMOUNT_FIELDS),
    comparison,
    micros: fc.integer({ min: 0, max: 10 ** 12 }),
    isNegated,
  }),
  fc.record({
    kind: fc.constant('number' as const),
    field: fc.constantFrom(...NUMBER_FIELDS),
    comparison,
    value: fc.nat(1000),
    isNegated,
  }),
  fc.record({
    kind: fc.constant('span' as const),
    field: fc.constantFrom(...TIME_FIELDS),
    comparison: fc.constantFrom('<', '<=', '>', '>='),
    ms: fc.integer({ min: 1, max: 90_000 }).map((minutes) => minutes * 60_000),
    isNegated,
  }),
);

describe('a filter', () => {
  test('reads back the same after it was formatted', () => {
    fc.assert(
      fc.property(fc.array(conditions, { maxLength: 6 }), (filter) => {
        expect(parseFilter(formatFilter(filter))).toEqual(filter);
      }),
    );
  });

  test('of any text is read, or rejected with the wrong part', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (input) => {
        try {
          const filter = parseFilter(input);
          expect(parseFilter(formatFilter(filter))).toEqual(filter);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError);
          if (error instanceof FilterError) expect(input).toContain(error.part);
        }
      }),
    );
  });

  test('has words, quoted texts, qualifiers and negations', () => {
    expect(parseFilter('  cat "my cat" -dog Buyer:"Ada L" https://example.com/a ')).toEqual([
      { kind: 'word', text: 'cat', isNegated: false },
      { kind: 'word', text: 'my cat', isNegated: false },
      { kind: 'word', text: 'dog', isNegated: true },
      { kind: 'text', field: 'buyer', text: 'Ada L', isExact: false, isNegated: false },
      { kind: 'word', text: 'https://example.com/a', isNegated: false },
    ]);
  });

  test('has whole texts, with a sign outside of quotation marks', () => {
    const handler = (text: string, isExact: boolean) => [
      { kind: 'text', field: 'handler', text, isExact, isNegated: false },
    ];
    expect(parseFilter('handler:=copy')).toEqual(handler('copy', true));
    expect(parseFilter('handler:="my copy"')).toEqual(handler('my copy', true));
    expect(parseFilter('handler:"=copy"')).toEqual(handler('=copy', false));
  });

  test.each([
    ['due:<4h', { kind: 'span', field: 'due', comparison: '<', ms: 4 * 3600_000 }],
    ['price:>50', { kind: 'amount', field: 'price', comparison: '>', micros: 50_000_000 }],
    ['cost:>=$0.5', { kind: 'amount', field: 'cost', comparison: '>=', micros: 500_000 }],
    ['stage:in-review', { kind: 'stage', stage: 'in_review' }],
    ['is:late', { kind: 'state', state: 'late' }],
    [
      'paid:2026-11',
      {
        kind: 'period',
        field: 'paid',
        comparison: '=',
        text: '2026-11',
        from: Date.UTC(2026, 10),
        to: Date.UTC(2026, 11),
      },
    ],
  ])('%s', (input, expected) => {
    expect(parseFilter(input)).toEqual([{ ...expected, isNegated: false }]);
  });

  test.each([
    ['staeg:held', '"staeg:held": "staeg" is not a qualifier. Did you mean "stage"?'],
    ['stage:hold', '"stage:hold": "hold" is not known. Did you mean "held"?'],
    ['cat is:lat', '"is:lat": "lat" is not known. Did you mean "late"?'],
    ['price:cheap', '"price:cheap": "cheap" is not an amount such as price:>50'],
    ['due:4h', '"due:4h": a duration needs < or > before it: due:<4h'],
    ['paid:2026-13', '"paid:2026-13": "2026-13" is neither a duration nor a date'],
    ['paid:2026-02-30', '"2026-02-30" is neither a duration nor a date'],
    ['cat "my dog', '""my dog": a quotation mark has no end'],
    ['buyer:', '"buyer:": a value must follow "buyer:"'],
    ['buyer:=', '"buyer:=": a value must follow "buyer:="'],
    ['-', '"-": a word is missing'],
  ])('%s is rejected', (input, message) => {
    expect(() => parseFilter(input)).toThrow(message);
  });
});
