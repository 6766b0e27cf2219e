import { fromNow, roughly, utc } from './format.ts';
import { type Html, html } from './html.ts';

/**
 * Times on pages. The server writes UTC. A script shows the reader's zone, and the title keeps UTC.
 */

/** A point in time: `23 Nov 2026, 13:04 UTC` until the script shows the reader's zone. */
export function pointInTime(ms: number): Html {
  const iso = isoOf(ms);
  if (iso === null) return html`no time`;
  return html`<time datetime="${iso}" title="${utc(ms)}" data-local>${shortUtc(ms)}</time>`;
}

/** The distance of a time from now, with the time itself in the title: `in 3 h`, `3 h ago`. */
export function distance(ms: number, now: number): Html {
  const iso = isoOf(ms);
  if (iso === null) return html`no time`;
  return html`<time datetime="${iso}" title="${utc(ms)}">${fromNow(ms, now)}</time>`;
}

/** How long ago a time was, for a column of ages: `3 d`. */
export function age(ms: number, now: number): Html {
  return html`<time datetime="${isoOf(ms) ?? ''}" title="${utc(ms)}">${now - ms < 60_000 ? 'now' : roughly(now - ms)}</time>`;
}

/** The time left until a delivery is due, for a column: `in 3 h`, `1 d 4 h late`. */
export function dueIn(dueAt: number, now: number): Html {
  const [text, tone] = dueAt < now ? [`${roughly(now - dueAt)} late`, 'bad'] : [fromNow(dueAt, now), ''];
  return html`<time class="${tone}" datetime="${isoOf(dueAt) ?? ''}" title="${utc(dueAt)}">${text}</time>`;
}

/** The time left until a delivery is due, in words. A missed due time says so. */
export function dueTime(dueAt: number, now: number): Html {
  const [text, tone] =
    dueAt < now ? [`late by ${roughly(now - dueAt)}`, 'bad'] : [`due ${fromNow(dueAt, now)}`, ''];
  return html`<time class="${tone}" datetime="${isoOf(dueAt) ?? ''}" title="${utc(dueAt)}">${text}</time>`;
}

/** A formatter is kept, because it takes much longer to create one than to use it. */
const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

function shortUtc(ms: number): string {
  const day = DAY.format(ms);
  return `${day}, ${new Date(ms).toISOString().slice(11, 16)} UTC`;
}

function isoOf(ms: number): string | null {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
