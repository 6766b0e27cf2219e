import { afterEach, expect, test, vi } from 'vitest';
import { elapsedSince, thisInstant } from './instant.ts';

afterEach(() => vi.useRealTimers());

test('the time since a moment is that of the clock which shows more', () => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'], now: 1_000_000 });
  const instant = thisInstant();
  vi.advanceTimersByTime(500);
  expect(elapsedSince(instant)).toBe(500);
  // The machine slept: its steady clock stood still.
  vi.setSystemTime(1_009_000);
  expect(elapsedSince(instant)).toBe(9000);
  // Somebody sets the clock back.
  vi.setSystemTime(0);
  expect(elapsedSince(instant)).toBe(500);
});
