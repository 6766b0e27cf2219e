import { beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS, type LimitRow, NO_LIMITS, RateLimiter } from './rate-limiter.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const HERE = '192.0.2.1';

let limiter: RateLimiter;
const set = (settings: Partial<RateLimiter['settings']>) => limiter.set({ ...NO_LIMITS, ...settings });

beforeEach(() => {
  limiter = new RateLimiter(() => 0);
  set({ mode: 'shared' });
});

/** Makes this many calls. @returns the number of calls that passed. */
function calls(row: LimitRow, count: number, { at = NOW, from = HERE } = {}): number {
  return Array.from({ length: count }, () => limiter.take(from, row, at)).filter((r) => r === null).length;
}

describe('one counter shared by all rows', () => {
  test('30 polls leave no delivery', () => {
    expect(calls('poll', 30)).toBe(30);
    expect(calls('deliver', 1)).toBe(0);
    expect(calls('upload', 1)).toBe(0);
  });

  test('30 deliveries and then 30 messages can be sent', () => {
    expect(calls('deliver', 31)).toBe(30);
    expect(calls('message', 31)).toBe(30);
  });

  test('30 messages first leave no delivery', () => {
    expect(calls('message', 30)).toBe(30);
    expect(calls('deliver', 1)).toBe(0);
    expect(calls('message', 30)).toBe(30);
  });

  test('a rate-limited call does not count', () => {
    calls('poll', 130);
    expect(calls('message', 60)).toBe(30);
  });

  test('is separate for each address', () => {
    calls('poll', 30);
    expect(calls('deliver', 31, { from: '192.0.2.2' })).toBe(30);
  });

  test('starts again an hour after the first request, however late the last request was', () => {
    calls('poll', 1);
    calls('poll', 29, { at: NOW + HOUR_MS - 1 });
    expect(calls('deliver', 1, { at: NOW + HOUR_MS - 1 })).toBe(0);
    expect(calls('deliver', 31, { at: NOW + HOUR_MS })).toBe(30);
  });

  test('a 429 names its ceiling and its duration', () => {
    calls('poll', 30);
    const at = NOW + 600_000;
    expect(limiter.take(HERE, 'poll', at)).toEqual({ limit: 30, waitMs: HOUR_MS - 600_000 });
  });
});

describe('separate counters', () => {
  test('polls do not affect deliveries', () => {
    set({ mode: 'separate' });
    expect(calls('poll', 31)).toBe(30);
    expect(calls('deliver', 31)).toBe(30);
    expect(calls('message', 61)).toBe(60);
  });
});

test('several instances admit more calls than one', () => {
  let turn = 0;
  limiter = new RateLimiter(() => (turn++ % 2) / 2);
  set({ mode: 'shared', instances: 2 });
  expect(calls('deliver', 100)).toBe(60);
});

test('setting windows and ceilings begins new windows', () => {
  set({ mode: 'shared', windowMs: 1000, ceilings: { ...NO_LIMITS.ceilings, poll: 2 } });
  expect(calls('poll', 3)).toBe(2);
  expect(calls('poll', 3, { at: NOW + 1000 })).toBe(2);
  set({ mode: 'shared' });
  expect(calls('poll', 30, { at: NOW + 1000 })).toBe(30);
});

test('off counts nothing', () => {
  set({ mode: 'off' });
  expect(calls('deliver', 1000)).toBe(1000);
});

describe('the length of a window', () => {
  const MINUTE_MS = 60_000;

  test('is fixed by the call that begins it', () => {
    set({ mode: 'shared', windows: { message: MINUTE_MS } });
    expect(calls('message', 1)).toBe(1);
    expect(calls('poll', 30)).toBe(29);
    expect(limiter.take(HERE, 'poll', NOW)).toEqual({ limit: 30, waitMs: MINUTE_MS });
    expect(calls('poll', 1, { at: NOW + MINUTE_MS })).toBe(1);
    expect(calls('message', 60, { at: NOW + 2 * MINUTE_MS })).toBe(59);
  });

  test('can begin with foreign traffic, which counts', () => {
    limiter.addTraffic(HERE, { calls: 28, windowMs: MINUTE_MS, now: NOW });
    expect(calls('deliver', 5)).toBe(2);
    expect(limiter.take(HERE, 'deliver', NOW)).toEqual({ limit: 30, waitMs: MINUTE_MS });
  });

  test('does not change while the window is open', () => {
    expect(calls('poll', 1)).toBe(1);
    limiter.addTraffic(HERE, { calls: 29, windowMs: MINUTE_MS, now: NOW });
    expect(limiter.take(HERE, 'poll', NOW)).toEqual({ limit: 30, waitMs: HOUR_MS });
  });
});

test('20 services can be created', () => {
  expect(calls('service', 25)).toBe(20);
});
