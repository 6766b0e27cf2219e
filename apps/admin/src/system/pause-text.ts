import type { Pause } from '@fulfillment/platform';
import { duration, utc } from '../page/format.ts';

/** The effect of a pause on an order that has a job in the queue, in two sentences. */
export function holdUpText(pause: Pause, now: number): { what: string; rest: string } {
  const isPaused = `queue ${pause.queue} is ${pausedBy(pause, now)}`;
  return pause.queue === 'messages'
    ? { what: `A message to the buyer waits: ${isPaused}.`, rest: 'Everything else about the order goes on.' }
    : { what: `Held up: ${isPaused}.`, rest: 'The order goes on once the queue is resumed.' };
}

/**
 * `paused by ann since 2026-11-26 01:02:03 UTC (3 min)`. Without a recorded time, the text has no
 * `since`.
 */
export function pausedBy({ by, since }: Pause, now: number): string {
  const who = by === null ? 'paused by another program' : `paused by ${by}`;
  return since === null ? who : `${who} since ${utc(since)} (${duration(now - since)})`;
}
