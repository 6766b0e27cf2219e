import type { RunningWorker } from '../jobs/worker.ts';
import type { Agents } from '../marketplace/agents.ts';
import type { RedisAccess } from '../redis/connect.ts';
import type { RedisMonitor } from '../redis/monitor.ts';
import type { ReadinessCheck } from './server.ts';

/**
 * What every process must have to take work. More checks are added by the app that needs them.
 * @param access all that the process holds to Redis: each connection reconnects on its own, and a
 * request may need any of them.
 */
export function baseChecks(
  { connections, monitor }: Pick<RedisAccess, 'connections'> & { monitor: Pick<RedisMonitor, 'trouble'> },
  agents: Agents,
  isStopping: () => boolean,
): Record<string, ReadinessCheck> {
  return {
    process: () => (isStopping() ? 'shutting down' : null),
    redis: async () => {
      const { trouble } = monitor;
      if (trouble !== null) return trouble.text;
      const away = connections.find((connection) => connection.status !== 'ready');
      if (away !== undefined) return `redis is ${away.status}`;
      await Promise.all(connections.map((connection) => connection.ping()));
      return null;
    },
    agents: () => (agents.isComplete ? null : 'not every agent is identified yet'),
  };
}

/**
 * An idle worker asks Redis for a job every 5 s. A worker that is silent for longer than this takes
 * no work. In ms.
 */
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
