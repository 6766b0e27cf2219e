import type { Pause } from '@fulfillment/platform';
import { type Html, html } from '../page/html.ts';
import { distance } from '../page/times.ts';

/** The effect of a pause on an order that has a job in the queue, in two sentences. */
export function holdUpText(pause: Pause, now: number): { what: Html; rest: string } {
  const isPaused = html`queue ${pause.queue} is ${pausedBy(pause, now)}`;
  return pause.queue === 'messages'
    ? {
        what: html`A message to the buyer waits: ${isPaused}.`,
        rest: 'Everything else about the order continues.',
      }
    : { what: html`This order waits: ${isPaused}.`, rest: 'It continues when the queue is resumed.' };
}

/** `paused by ann 3 min ago`. Without a recorded time, the text has only the name. */
export function pausedBy({ by, since }: Pause, now: number): Html {
  const who = by === null ? 'paused by another program' : `paused by ${by}`;
  return since === null ? html`${who}` : html`${who} ${distance(since, now)}`;
}
