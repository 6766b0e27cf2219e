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

/** An idle worker asks Redis for a job every 5 s; one that is silent for longer than this takes no work. In ms. */
const SILENCE_MS = 30_000;

/** A worker that was started, was not stopped, and goes round. */
export function workerCheck(worker: RunningWorker): ReadinessCheck {
  return () => {
    if (!worker.isRunning()) return `the worker of queue ${worker.queue} does not run`;
    const silent = worker.silentFor();
    return silent < SILENCE_MS
      ? null
      : `the worker of queue ${worker.queue} asked for no job for ${Math.round(silent / 1000)} s`;
  };
}
