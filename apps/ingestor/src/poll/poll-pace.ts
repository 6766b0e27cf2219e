import type { IngestorSettings, Runtime, Yielding } from '@fulfillment/platform';

/**
 * Decides whether an agent is polled at this tick. The scheduler ticks at the regular interval.
 * While webhooks arrive reliably, ticks are skipped up to the stretched interval. A poll that finds
 * a change without a webhook brings the regular interval back.
 */
export async function isDue(
  { redis, keys }: Runtime,
  settings: IngestorSettings,
  agentId: string,
): Promise<boolean> {
  const state = await redis.hgetall(keys.polling(agentId));
  return isPollDue({
    now: Date.now(),
    polledAt: Number(state.polledAt ?? 0),
    startedAt: Number(state.startedAt ?? 0),
    stretch: Number(state.stretch ?? 1),
    intervalMs: settings.POLL_INTERVAL_SECONDS * 1000,
    longestMs: settings.POLL_STRETCH_SECONDS * 1000,
  });
}

/** A tick that comes a little early counts as on time. */
const EARLY = 0.9;

/** Whether a tick should poll. Times are in ms. `stretch` is a multiple of the interval. */
export function isPollDue(pace: {
  now: number;
  polledAt: number;
  startedAt: number;
  stretch: number;
  intervalMs: number;
  longestMs: number;
}): boolean {
  if (pace.polledAt < pace.startedAt) return true;
  const wait = Math.max(pace.intervalMs, Math.min(pace.intervalMs * pace.stretch, pace.longestMs));
  return pace.now - pace.polledAt >= wait * EARLY;
}

/** How a poll yields to deliveries. */
export async function yieldingOf(
  { redis, keys }: Runtime,
  settings: IngestorSettings,
  agentId: string,
): Promise<Yielding> {
  const state = await redis.hgetall(keys.polling(agentId));
  return howToYield({
    now: Date.now(),
    polledAt: Number(state.polledAt ?? 0),
    heardAt: Number(state.heardAt ?? 0),
    stretch: Number(state.stretch ?? 1),
    windowMs: settings.BUDGET_WINDOW_SECONDS * 1000,
  });
}

/** While webhooks arrive reliably, a poll finds little. In windows of the API budget. */
const OVERDUE_WINDOWS = { quiet: 1, webhooks: 4 };

/**
 * A backlog must not hide the outcome of its own orders forever. If webhooks do not arrive
 * reliably, polls are how orders come in. Times are in ms. `stretch` above 1 means that polls found
 * nothing without a webhook.
 */
export function howToYield(pace: {
  now: number;
  polledAt: number;
  heardAt: number;
  stretch: number;
  windowMs: number;
}): Yielding {
  const sinceMs = pace.now - pace.polledAt;
  const windows = pace.stretch > 1 ? OVERDUE_WINDOWS.webhooks : OVERDUE_WINDOWS.quiet;
  const findsOrders = pace.stretch <= 1 && pace.heardAt <= pace.polledAt;
  return {
    isOverdue: sinceMs >= windows * pace.windowMs,
    unseenMs: findsOrders ? Math.min(sinceMs, pace.windowMs) : undefined,
  };
}

/**
 * Records that an agent was polled, and whether webhooks had reported all that the poll found.
 * @param found the number of changes that no webhook announced. While reconciles lag, a poll also
 * finds orders whose webhook has come. More polls would not find them sooner.
 */
export async function notePoll({ redis, keys }: Runtime, agentId: string, found: number): Promise<void> {
  const key = keys.polling(agentId);
  const [polledAt, heardAt, stretch] = await redis.hmget(key, 'polledAt', 'heardAt', 'stretch');
  const webhooksLive = Number(heardAt ?? 0) > Number(polledAt ?? 0);
  const next = nextStretch(Number(stretch ?? 1), { found, webhooksLive });
  await redis.hset(key, 'polledAt', Date.now(), 'stretch', next);
}

/**
 * Doubles the stretch while webhooks arrive and polls find nothing new. Resets it to 1 when a poll
 * is the first to find a change.
 */
export function nextStretch(stretch: number, poll: { found: number; webhooksLive: boolean }): number {
  if (poll.found > 0) return 1;
  return poll.webhooksLive ? Math.min(stretch * 2, 64) : stretch;
}
