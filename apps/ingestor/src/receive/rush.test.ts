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

/** This many webhooks, one each `everyMs`. */
async function come(rush: Rush, count: number, everyMs: number): Promise<void> {
  for (let webhook = 0; webhook < count; webhook += 1) {
    rush.came();
    await vi.advanceTimersByTimeAsync(everyMs);
  }
}

test('a hundred webhooks a second delay nothing', async () => {
  const rush = new Rush();
  await come(rush, 300, 10);
  const wait = waitsFor(rush);
  await vi.advanceTimersByTimeAsync(0);
  expect(wait.isOver()).toBe(true);
});

test('a rush delays work until it passes', async () => {
  const rush = new Rush();
  await come(rush, 60, 1);
  const wait = waitsFor(rush);
  await come(rush, 1000, 1);
  expect(wait.isOver()).toBe(false);
  await vi.advanceTimersByTimeAsync(500);
  expect(wait.isOver()).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('an endless rush delays work for five seconds at most', async () => {
  const rush = new Rush();
  await come(rush, 60, 1);
  const wait = waitsFor(rush);
  await come(rush, 4900, 1);
  expect(wait.isOver()).toBe(false);
  await come(rush, 250, 1);
  expect(wait.isOver()).toBe(true);
});
