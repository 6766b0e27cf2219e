import { expect, test } from 'vitest';
import { bytes, count, duration, fromNow, roughly, utc } from './format.ts';

test.each([
  [-5, '0 ms'],
  [450, '450 ms'],
  [12_900, '12 s'],
  [185_000, '3 min 5 s'],
  [7_800_000, '2 h 10 min'],
  [349_200_000, '4 d 1 h'],
  [3_600_000, '1 h'],
])('a duration of %i ms reads "%s"', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('times are absolute and in UTC, and an invalid time does not break the page', () => {
  expect(utc(Date.UTC(2026, 10, 23, 13, 4, 5, 678))).toBe('2026-11-23 13:04:05 UTC');
  expect(utc(Number.NaN)).toBe('no time');
});

test('a time is shown relative to now, in both directions', () => {
  expect(fromNow(7_800_000, 0)).toBe('in 2 h 10 min');
  expect(fromNow(0, 185_000)).toBe('3 min ago');
  expect(fromNow(5000, 2000)).toBe('within a minute');
  expect(fromNow(2000, 5000)).toBe('just now');
  // By the clock of Redis, which is a little ahead.
  expect(fromNow(5300, 5000)).toBe('just now');
});

test('durations in lists have no seconds, so that a live page does not flicker', () => {
  expect([12_900, 185_000, 77_000_000, 1_041_000_000].map(roughly)).toEqual([
    'under a minute',
    '3 min',
    '21 h',
    '12 d',
  ]);
});

test('one order, more orders', () => {
  expect([count(1, 'order'), count(1200, 'order')]).toEqual(['1 order', '1,200 orders']);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1_234_567, '1.2 MB'],
  [45_000_000, '45 MB'],
  [3_000_000_000_000_000, '3000 TB'],
])('%i bytes are %s', (size, text) => {
  expect(bytes(size)).toBe(text);
});
