import { expect, test } from 'vitest';
import { timerMs } from './timer-ms.ts';

test('a wait is cut to the longest time of a timer', () => {
  expect([-5, 0, 1000, 2 ** 31 - 1, 2 ** 31, 1e15].map(timerMs)).toEqual([
    0,
    0,
    1000,
    2 ** 31 - 1,
    2 ** 31 - 1,
    2 ** 31 - 1,
  ]);
});
