import type { Redis } from 'ioredis';
import type { Agents } from './agents.ts';
import type { ReadinessCheck } from './server.ts';
import type { RunningWorker } from './worker.ts';

/** What every process must have to take work. More checks are added by the app that needs them. */
export function baseChecks(
  redis: Redis,
  agents: Agents,
  isStopping: () => boolean,
): Record<string, ReadinessCheck> {
  return {
    process: () => (isStopping() ? 'shutting down' : null),
    redis: async () =>
      redis.status === 'ready' && (await redis.ping()) === 'PONG' ? null : `redis is ${redis.status}`,
    agents: () => (agents.isComplete ? null : 'not every agent is identified yet'),
  };
}

/** A worker that was started and was not stopped. */
export function workerCheck(worker: RunningWorker): ReadinessCheck {
  return () => (worker.isRunning() ? null : `the worker of queue ${worker.queue} does not run`);
}
