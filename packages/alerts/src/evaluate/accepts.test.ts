import { expect, test } from 'vitest';
import { isQuiet } from './accepts.ts';

test.each([
  ['22:00', '07:00', 'UTC', '2026-11-26T23:00Z', true],
  ['22:00', '07:00', 'UTC', '2026-11-26T06:59Z', true],
  ['22:00', '07:00', 'UTC', '2026-11-26T07:00Z', false],
  ['09:00', '17:00', 'UTC', '2026-11-26T17:00Z', false],
  // Summer time ends in Berlin on 25 October 2026: 06:30 UTC is 08:30 before and 07:30 after.
  ['22:00', '08:00', 'Europe/Berlin', '2026-10-24T06:30Z', false],
  ['22:00', '08:00', 'Europe/Berlin', '2026-10-26T06:30Z', true],
  ['22:00', '07:00', 'Asia/Kolkata', '2026-11-26T17:00Z', true],
])('from %s to %s in %s, %s is quiet: %s', (from, to, timeZone, time, expected) => {
  expect(isQuiet({ quietHours: { from, to, timeZone } }, Date.parse(time))).toBe(expected);
});
