import { expect, test } from 'vitest';
import { SERVICE_CATEGORIES } from '../order/service.ts';
import { nearest, suggestion } from './nearest.ts';

const OPTIONS = ['attempts', 'generate', 'match', 'maxCostUsd', 'name', 'quote', 'timeLimitSeconds'];

test.each([
  ['timeLimitSecond', 'timeLimitSeconds'],
  ['timelimitseconds', 'timeLimitSeconds'],
  ['genreate', 'generate'],
  ['atempts', 'attempts'],
  ['maxCost', 'maxCostUsd'],
  ['nmae', 'name'],
  ['xyzzy', null],
  ['', null],
])('"%s" was probably meant to be "%s"', (written, expected) => {
  expect(nearest(written, OPTIONS)).toBe(expected);
});

test('an error text names the nearest option, or all options', () => {
  expect(suggestion('qoute', OPTIONS)).toBe('Did you mean "quote"?');
  expect(suggestion('xyzzy', ['a', 'b'])).toBe('Known: a, b');
});

test.each([
  ['image', 'image_gen'],
  ['IMAGE_GEN', 'image_gen'],
  ['imagegen', 'image_gen'],
  ['code', 'coding'],
  ['consultng', 'consulting'],
  ['text', null],
  ['', null],
])('%s probably means %s', (word, meant) => {
  expect(nearest(word, SERVICE_CATEGORIES)).toBe(meant);
});

test('nothing is near when there are no candidates', () => {
  expect(nearest('image', [])).toBeNull();
});
