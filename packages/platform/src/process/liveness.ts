import inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { Redis } from 'ioredis';
import type { Logger } from '../telemetry/logger.ts';
import type { Runtime } from './runtime.ts';
import { settledWithin } from './settled-within.ts';

/** How often a process checks itself, in ms. */
const LOOK_MS = 5000;
const PING_MS = 2000;

/**
 * Ends a process with an app that looks alive and does nothing, so that the supervisor restarts the
 * process. There are two such cases, and `guardEventLoop` covers a third:
 * - Redis answers and a worker has been silent for `stuckAfterMs`, whether or not its loop is dead.
 * - The connection to Redis stays open for that long without an answer, and does not reconnect.
 *
 * A process that waits for Redis to return is not stuck.
 * @param end called with the reason. Ends the process.
 */
export function watchLiveness(
  { workers, redis }: Pick<Runtime, 'workers' | 'redis'>,
  { stuckAfterMs, lookMs = LOOK_MS }: { stuckAfterMs: number; lookMs?: number },
  end: (reason: string) => void,
): { stop(): void } {
  let healthySince = performance.now();
  /**
   * Since when the connection has been open without an answered ping. Null: the connection is
   * closed, or a ping was answered.
   */
  let muteSince: number | null = null;
  let lookedAt = performance.now();
  const look = async (): Promise<void> => {
    const now = performance.now();
    // The whole process was frozen, or the machine slept. The worker did not cause that.
    const wasFrozen = now - lookedAt > 3 * lookMs;
    lookedAt = now;
    const isOpen = redis.status === 'ready';
    const isHealthy = isOpen && (await answers(redis));
    if (wasFrozen || isHealthy || !isOpen) muteSince = null;
    else muteSince ??= now;
    if (muteSince !== null && now - muteSince >= stuckAfterMs)
      end('Redis says nothing on an open connection');
    if (wasFrozen || !isHealthy) {
      healthySince = performance.now();
      return;
    }
    const healthyFor = performance.now() - healthySince;
    const stuck = workers.find(
      (worker) => !worker.isStopping() && Math.min(worker.silentFor(), healthyFor) >= stuckAfterMs,
    );
    if (stuck) end(`the worker of queue ${stuck.queue} asks for no jobs although Redis answers`);
  };
  const timer = setInterval(() => void look(), lookMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

async function answers(redis: Redis): Promise<boolean> {
  // An error does not count as an answer.
  return settledWithin(redis.ping(), PING_MS).catch(() => false);
}

/**
 * Ends this process when its event loop is blocked for `stuckAfterMs`, for example by a handler
 * that never yields.
 */
export function guardEventLoop(stuckAfterMs: number, log: Logger): { stop(): void } {
  // A debugger stops the event loop on purpose.
  if (inspector.url() !== undefined) return { stop: () => undefined };
  const counter = new SharedArrayBuffer(4);
  const beats = new Int32Array(counter);
  const heart = setInterval(() => Atomics.add(beats, 0, 1), 1000);
  heart.unref();
  const thread = new Worker(new URL('./event-loop-guard.js', import.meta.url), {
    workerData: { counter, stuckAfterMs },
    execArgv: [],
  });
  thread.unref();
  thread.on('error', (err) => log.error({ err }, 'the guard of the event loop failed'));
  return {
    stop() {
      clearInterval(heart);
      void thread.terminate();
    },
  };
}
