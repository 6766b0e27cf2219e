import { expect, test } from 'vitest';
import { nearest, suggestion } from './nearest.ts';

const OPTIONS = ['attempts', 'generate', 'match', 'maxCostUsd', 'name', 'quote', 'timeLimitSeconds'];

test.each([
  ['timeLimitSecond', 'timeLimitSeconds'],
  ['timelimitseconds', 'timeLimitSeconds'],
  ['genreate', 'generate'],
  ['atempts', 'attempts'],
  ['maxCost', 'maxCostUsd'],
  ['nmae', 'name'],
  ['colour', undefined],
  ['', undefined],
])('"%s" was probably meant to be "%s"', (written, expected) => {
  expect(nearest(written, OPTIONS)).toBe(expected);
});

test('an error text names the near option, else all options', () => {
  expect(suggestion('qoute', OPTIONS)).toBe('Did you mean "quote"?');
  expect(suggestion('colour', ['a', 'b'])).toBe('Known: a, b');
});
