import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('the time limit of a run grows with its orders', () => {
  expect(readOptions(['--seed', '7'])).toEqual({ orders: 60, seeds: [7], minutes: 6 });
  expect(readOptions(['--orders', '2000', '--seed', '7'])).toMatchObject({ minutes: 44 });
  expect(readOptions(['--orders', '2000', '--seed', '7', '--minutes', '0.5'])).toMatchObject({
    minutes: 0.5,
  });
});

test('several seeds', () => {
  expect(readOptions(['--seeds', '101-103'])).toMatchObject({ seeds: [101, 102, 103] });
});

test('help', () => {
  expect(readOptions(['--help'])).toBe('help');
});

test.each([
  [['--oders', '3'], '--oders'],
  [['--orders', 'many'], '--orders'],
  [['--orders', '0'], '--orders'],
  [['--minutes', '0'], '--minutes'],
  [['--seed', '1.5'], '--seed'],
  [['--seed', ''], '--seed'],
  [['--seeds', '9-1'], '--seeds'],
  [['--seeds', '1-2', '--seed', '1'], '--seeds'],
  [['now'], 'now'],
])('%j is rejected', (args, named) => {
  expect(readOptions(args)).toEqual({ problem: expect.stringContaining(named) });
});
