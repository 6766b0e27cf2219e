import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';
import { SERVICE_CATEGORIES } from './service.ts';

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
