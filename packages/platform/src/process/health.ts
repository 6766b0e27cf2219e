import type { RunningWorker } from '../jobs/worker.ts';
import type { Agents } from '../marketplace/agents.ts';
import type { RedisAccess } from '../redis/connection/connect.ts';
import type { RedisMonitor } from '../redis/monitor/monitor.ts';
import type { ReadinessCheck } from './server.ts';

/**
 * The conditions that every process needs to take work. An app adds its own checks.
 * @param access all connections of the process to Redis. Each connection reconnects on its own, and
 * a request may need any of them.
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

/** Checks that a started worker still asks for jobs, unless it was stopped. */
export function workerCheck(worker: RunningWorker): ReadinessCheck {
  return () => {
    if (!worker.isRunning()) return `the worker of queue ${worker.queue} does not run`;
    const silent = worker.silentFor();
    return silent < SILENCE_MS
      ? null
      : `the worker of queue ${worker.queue} asked for no job for ${Math.round(silent / 1000)} s`;
  };
}
