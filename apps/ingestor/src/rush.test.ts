import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Rush } from './rush.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function waitsFor(rush: Rush): { isOver: () => boolean } {
  let over = false;
  void rush.passed().then(() => {
    over = true;
  });
  return { isOver: () => over };
}

test('few webhooks hold up nothing', async () => {
  const rush = new Rush();
  for (let count = 0; count < 7; count += 1) rush.begin();
  const wait = waitsFor(rush);
  await vi.advanceTimersByTimeAsync(0);
  expect(wait.isOver()).toBe(true);
});

test('a rush holds up work until it passes', async () => {
  const rush = new Rush();
  const ends = Array.from({ length: 9 }, () => rush.begin());
  const wait = waitsFor(rush);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(1000);
  expect(wait.isOver()).toBe(false);
  ends[1]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(wait.isOver()).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('a rush that does not end stops nothing for longer than two seconds', async () => {
  const rush = new Rush();
  for (let count = 0; count < 20; count += 1) rush.begin();
  const wait = waitsFor(rush);
  await vi.advanceTimersByTimeAsync(1999);
  expect(wait.isOver()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(wait.isOver()).toBe(true);
});
