import type { Pause } from '@fulfillment/platform';
import { duration, utc } from '../page/format.ts';

/** `paused by ann since 2026-11-26 01:02:03 UTC (3 min)`; what nobody noted is left out. */
export function pausedBy({ by, since }: Pause, now: number): string {
  const who = by === null ? 'paused by another program' : `paused by ${by}`;
  return since === null ? who : `${who} since ${utc(since)} (${duration(now - since)})`;
}
