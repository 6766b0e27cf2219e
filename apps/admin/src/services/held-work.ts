import { pauseKey, type WorkPause } from '@fulfillment/platform';
import type { AdminOptions } from '../options.ts';
import { count } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { distance } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';
import { ordersPath } from './orders-path.ts';

/**
 * Warns of each pause of an agent, a service or a handler, and counts the orders that it holds. The
 * count reads every delayed job of the generation queue, so only a page that shows it may ask.
 * @param now by Redis' clock, in ms since the epoch.
 */
export async function heldWorkWarnings(
  { queues, workPauses }: Pick<AdminOptions, 'queues' | 'workPauses'>,
  now: number,
): Promise<Html[]> {
  const pauses = await workPauses.read();
  if (pauses.length === 0) return [];
  const held = await queues.countHeld();
  return pauses.map((pause) => warning(pause, held.get(pauseKey(pause)) ?? 0, now));
}

function warning({ part, id, by, since }: WorkPause, jobs: number, now: number): Html {
  return html`<p class="warning"><strong>Work for ${part} <a href="${ordersPath(part, id)}">${inline(id)}</a> is paused by ${by} ${distance(since, now)}.</strong>
    It holds ${count(jobs, 'order')}. <a href="/services">Resume it on the Services page</a></p>`;
}
