import type { IngestorSettings, Runtime } from '@fulfillment/platform';

/**
 * How often an agent is polled. The scheduler ticks at the regular interval; while webhooks prove alive, ticks are let pass up
 * to the stretched interval. A poll that finds what no webhook had told brings the regular interval back.
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

/** A tick may come a little early; it counts as on time. */
const EARLY = 0.9;

/** Whether a tick should poll. Times in ms; `stretch` is a multiple of the interval. */
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

/** Whether a poll has yielded to deliveries for so long that it goes before them. */
export async function isOverdueFor(
  { redis, keys }: Runtime,
  settings: IngestorSettings,
  agentId: string,
): Promise<boolean> {
  const [polledAt, stretch] = await redis.hmget(keys.polling(agentId), 'polledAt', 'stretch');
  const windowMs = settings.BUDGET_WINDOW_SECONDS * 1000;
  return isPollOverdue({
    now: Date.now(),
    polledAt: Number(polledAt ?? 0),
    stretch: Number(stretch ?? 1),
    windowMs,
  });
}

/** While webhooks prove alive, a poll finds little. In windows of the API budget. */
const OVERDUE_WINDOWS = { quiet: 1, webhooks: 4 };

/** A backlog must not hide for ever what became of its own orders. Times in ms; `stretch` above 1: webhooks prove alive. */
export function isPollOverdue(pace: {
  now: number;
  polledAt: number;
  stretch: number;
  windowMs: number;
}): boolean {
  const windows = pace.stretch > 1 ? OVERDUE_WINDOWS.webhooks : OVERDUE_WINDOWS.quiet;
  return pace.now - pace.polledAt >= windows * pace.windowMs;
}

/** Notes that an agent was polled, and whether webhooks had told all that the poll found. */
export async function notePoll({ redis, keys }: Runtime, agentId: string, found: number): Promise<void> {
  const key = keys.polling(agentId);
  const [polledAt, heardAt, stretch] = await redis.hmget(key, 'polledAt', 'heardAt', 'stretch');
  const webhooksLive = Number(heardAt ?? 0) > Number(polledAt ?? 0);
  const next = nextStretch(Number(stretch ?? 1), { found, webhooksLive });
  await redis.hset(key, 'polledAt', Date.now(), 'stretch', next);
}

/** Doubles while webhooks come and polls find nothing new; back to 1 at the first thing a poll finds first. */
export function nextStretch(stretch: number, poll: { found: number; webhooksLive: boolean }): number {
  if (poll.found > 0) return 1;
  return poll.webhooksLive ? Math.min(stretch * 2, 64) : stretch;
}
