/**
 * Moves stored times into the past. A condition that must last for an hour is real, and only its
 * beginning is earlier than it was.
 */
import type { FactType, QueueName } from '@fulfillment/shared';
import type { System } from './system.ts';
import type { Trade } from './trade.ts';

/** The facts of a type happened so much earlier, in ms. The order is decided again. */
export async function ageFacts(
  system: System,
  { trade, type }: { trade: Trade; type: FactType },
  ms: number,
) {
  const { redis, keys, queues } = system;
  const record = keys.record(trade.ref);
  for (const [field, stored] of Object.entries(await redis.hgetall(record))) {
    if (!field.startsWith(`fact:${type}:`)) continue;
    // `<ms>.<place>|<JSON>`
    const [at = ''] = stored.split('.', 1);
    await redis.hset(record, field, `${Number(at) - ms}${stored.slice(at.length)}`);
  }
  await queues.poke(trade.ref, 'operator');
}

/** The jobs of a queue were added, and ended, so much earlier, in ms. */
export async function ageJobs({ queues, redis }: System, name: QueueName, ms: number): Promise<void> {
  const queue = queues.get(name);
  for (const { id = '', timestamp, finishedOn } of await queue.getJobs()) {
    const ended = finishedOn === undefined ? {} : { finishedOn: finishedOn - ms };
    await redis.hset(queue.toKey(id), { timestamp: timestamp - ms, ...ended });
  }
}

/** The agent's last poll and last webhook came so long ago, in ms. */
export async function ageSigns({ redis, keys }: System, agentId: string, ms: number): Promise<void> {
  const at = Date.now() - ms;
  await redis.hset(keys.polling(agentId), { polledAt: at, heardAt: at });
}

/** The apps started so much earlier, in ms. */
export async function ageStarts({ redis, keys }: System, ms: number): Promise<void> {
  for (const start of await redis.zrange(keys.processStarts, 0, -1))
    await redis.zincrby(keys.processStarts, -ms, start);
}

/**
 * The unsent messages of a channel have waited for so much longer, in ms.
 * @returns how many of them have failed.
 */
export async function ageUnsent({ redis, keys }: System, channel: string, ms: number): Promise<number> {
  let failed = 0;
  for (const [id, text] of Object.entries(await redis.hgetall(keys.alertOutbox))) {
    const entry = JSON.parse(text);
    // A message that is being sent for the first time is written again.
    if (entry.channel !== channel || entry.tries === 0) continue;
    failed += 1;
    await redis.hset(keys.alertOutbox, id, JSON.stringify({ ...entry, createdAt: entry.createdAt - ms }));
  }
  return failed;
}

/** The tries of handlers are no longer recent. */
export async function forgetTries({ redis, keys }: System): Promise<void> {
  const all = await redis.keys(keys.handlerTries(0).replace(/0$/, '*'));
  if (all.length > 0) await redis.del(...all);
}
