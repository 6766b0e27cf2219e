import { setTimeout as delay } from 'node:timers/promises';
import { factsOf, type OrderRecord, type OrderRef, statusNow, words } from '@fulfillment/shared';
import type { AdminOptions } from '../options.ts';
import { type Html, html } from '../page/html.ts';
import { distance } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';

/** How long a page waits for the answer, in ms. */
const WITHIN_MS = 4000;
const LOOK_MS = 100;

/** Waits until the marketplace was read after `before`, or the read failed. */
export async function untilRead(
  { store }: Pick<AdminOptions, 'store'>,
  ref: OrderRef,
  before: OrderRecord,
): Promise<void> {
  const failures = factsOf(before, 'read_failed').length;
  for (const until = performance.now() + WITHIN_MS; performance.now() < until; await delay(LOOK_MS)) {
    const record = await store.load(ref);
    if (record === null || record.observedAt > before.observedAt) return;
    if (factsOf(record, 'read_failed').length > failures) return;
  }
}

/**
 * The answer to an operator who had the order read, above the order.
 * @param askedAt when the operator asked, by Redis' clock, in ms since the epoch.
 */
export function readNotice(askedAt: number, record: OrderRecord, now: number): Html {
  const status = statusNow(record)?.raw;
  if (record.observedAt >= askedAt)
    return html`<p class="muted" role="status">Read from Atelier ${distance(record.observedAt, now)}${status !== undefined && html`: the status is <b>${inline(words(status))}</b>`}.</p>`;
  // One fact stands for all failed reads in a row.
  const failed = factsOf(record, 'read_failed').findLast(({ reads }) => reads === record.reads);
  if (failed !== undefined)
    return html`<p class="warning" role="status"><strong>Atelier has not shown the order since ${distance(failed.at, now)}:</strong> ${inline(failed.reason)}</p>`;
  return html`<p class="muted" role="status">The order is being read from Atelier. No answer has come yet. If none comes, check on the System page that an ingestor runs.</p>`;
}
