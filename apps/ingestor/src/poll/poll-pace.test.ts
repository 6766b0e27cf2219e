import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { howToYield, isPollDue, nextStretch } from './poll-pace.ts';

const MINUTE = 60_000;
const pace = {
  now: 1_000 * MINUTE,
  polledAt: 0,
  startedAt: 0,
  stretch: 1,
  intervalMs: 2 * MINUTE,
  longestMs: 15 * MINUTE,
};
const polled = (minutesAgo: number, stretch = 1) => ({
  ...pace,
  polledAt: pace.now - minutesAgo * MINUTE,
  stretch,
});

describe('a poll is due', () => {
  test.each([
    [1.7, 1, false],
    [1.9, 1, true],
    [2, 2, false],
    [4, 2, true],
    [13, 64, false],
    [15, 64, true],
  ])('%d minutes after the last one, stretched %d times: %s', (minutes, stretch, isDue) => {
    expect(isPollDue(polled(minutes, stretch))).toBe(isDue);
  });

  test('at once if the ingestor has started since', () => {
    expect(isPollDue({ ...polled(0.5), startedAt: pace.now })).toBe(true);
  });

  test('never later than the longest interval, and never sooner than the regular one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.double({ min: 0, max: 60, noNaN: true }),
        (stretch, minutes) => {
          const isDue = isPollDue(polled(minutes, stretch));
          if (minutes >= 15) expect(isDue).toBe(true);
          if (minutes < 1.8) expect(isDue).toBe(false);
        },
      ),
    );
  });

  test('at the regular interval if that is longer than the longest stretch', () => {
    const slow = { ...polled(20, 4), intervalMs: 30 * MINUTE };
    expect(isPollDue(slow)).toBe(false);
    expect(isPollDue({ ...slow, polledAt: slow.now - 30 * MINUTE })).toBe(true);
  });
});

describe('a poll yields to deliveries', () => {
  const since = (minutes: number, stretch: number, heardMinutesAgo = Number.POSITIVE_INFINITY) =>
    howToYield({
      now: pace.now,
      polledAt: pace.now - minutes * MINUTE,
      heardAt: pace.now - heardMinutesAgo * MINUTE,
      stretch,
      windowMs: 60 * MINUTE,
    });

  test('until it is overdue: after one budget window, or after four while webhooks arrive', () => {
    const overdue = [since(59, 1), since(60, 1), since(239, 2), since(240, 2)].map((how) => how.isOverdue);
    expect(overdue).toEqual([false, true, false, true]);
  });

  test('and says how long orders may have come that only it finds, if no webhook reports them', () => {
    expect(since(5, 1).unseenMs).toBe(5 * MINUTE);
    expect(since(500, 1).unseenMs).toBe(60 * MINUTE);
    expect(since(5, 2).unseenMs).toBeUndefined();
    expect(since(5, 1, 4).unseenMs).toBeUndefined();
    expect(since(5, 1, 6).unseenMs).toBe(5 * MINUTE);
  });
});

describe('the interval', () => {
  test('doubles while webhooks arrive and polls find nothing, and is short again after a poll finds a change', () => {
    const live = { found: 0, webhooksLive: true };
    expect(nextStretch(1, live)).toBe(2);
    expect(nextStretch(64, live)).toBe(64);
    expect(nextStretch(8, { found: 1, webhooksLive: true })).toBe(1);
  });

  test('stays the same while nothing happens', () => {
    expect(nextStretch(4, { found: 0, webhooksLive: false })).toBe(4);
  });
});
