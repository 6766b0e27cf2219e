import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Stage } from '../stage.ts';

/** BullMQ's own count of added jobs, including those that turned out to exist already. */
export async function jobsAdded({ redisUrl }: Stage, queues: readonly Queue[]): Promise<number> {
  const redis = new Redis(redisUrl);
  const counts = await redis.mget(queues.map((queue) => queue.toKey('id')));
  redis.disconnect();
  return counts.reduce((sum, jobs) => sum + Number(jobs), 0);
}
