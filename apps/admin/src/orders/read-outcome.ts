import { setTimeout as delay } from 'node:timers/promises';
import { factsOf, type OrderRecord, type OrderRef, statusNow, words } from '@fulfillment/shared';
import type { AdminOptions } from '../options.ts';
import { type Html, html } from '../page/html.ts';
import { distance } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';

/** The answer to an operator who had the order read from the marketplace. */
export const READ_OUTCOMES = ['done', 'failed', 'waiting'] as const;
export type ReadOutcome = (typeof READ_OUTCOMES)[number];

/** How long a page waits for the answer, in ms. */
const WITHIN_MS = 4000;
const LOOK_MS = 100;

/** Waits until the marketplace was read after `before`, or the read failed. */
export async function readOutcome(
  { store }: Pick<AdminOptions, 'store'>,
  ref: OrderRef,
  before: OrderRecord,
): Promise<ReadOutcome> {
  const failures = factsOf(before, 'read_failed').length;
  for (const until = performance.now() + WITHIN_MS; performance.now() < until; await delay(LOOK_MS)) {
    const record = await store.load(ref);
    if (record === null) return 'waiting';
    if (record.observedAt > before.observedAt) return 'done';
    if (factsOf(record, 'read_failed').length > failures) return 'failed';
  }
  return 'waiting';
}

/** The answer, above the order. */
export function readNotice(outcome: ReadOutcome, record: OrderRecord, now: number): Html {
  const status = statusNow(record)?.raw;
  switch (outcome) {
    case 'done':
      return html`<p class="muted" role="status">Read from Atelier ${distance(record.observedAt, now)}${status !== undefined && html`: the status is <b>${inline(words(status))}</b>`}.</p>`;
    case 'failed': {
      const reason = factsOf(record, 'read_failed').at(-1)?.reason ?? 'no answer';
      return html`<p class="warning" role="status"><strong>Atelier did not show the order:</strong> ${inline(reason)}</p>`;
    }
    case 'waiting':
      return html`<p class="muted" role="status">The order is being read from Atelier. No answer has come yet: is the ingestor running?</p>`;
  }
}
