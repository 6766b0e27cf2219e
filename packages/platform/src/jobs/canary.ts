import { CANARY } from '@fulfillment/shared';
import type { Queue } from 'bullmq';
import { describeError } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';

/** The state of a worker that its canary needs. */
export interface Idler {
  /**
   * For how long the worker has taken no job, in ms. 0 while it has a job, or while it deliberately
   * takes none.
   */
  idleFor(): number;
}

export interface Canary {
  /** For how long a canary has waited in the queue although the worker is idle, in ms. */
  waitsFor(): number;
  stop(): void;
}

/**
 * How often an idle worker checks its canary, and how long a queue is idle before a canary is sent,
 * in ms.
 */
export interface CanaryTimes {
  lookMs: number;
  idleMs: number;
}

const USUAL: CanaryTimes = { lookMs: 10_000, idleMs: 60_000 };

/**
 * Sends a job through a queue whose worker is idle, and checks whether a worker takes it. All
 * workers of the queue together send at most one job in `idleMs`. A worker that asks for jobs can
 * still get none. Only a job that arrives proves that the queue works.
 */
export function keepCanary(
  queue: Queue,
  worker: Idler,
  { log, times: { lookMs, idleMs } = USUAL }: { log: Logger; times?: CanaryTimes },
): Canary {
  let waitingSince: number | null = null;
  const look = async (): Promise<void> => {
    if (worker.idleFor() < idleMs || (await queue.isPaused())) {
      waitingSince = null;
      return;
    }
    const canary = await queue.getJob(CANARY);
    if (canary !== undefined && canary.processedOn === undefined) {
      waitingSince ??= performance.now();
      return;
    }
    waitingSince = null;
    const options = { jobId: CANARY, removeOnComplete: true, removeOnFail: true };
    await queue.add(CANARY, {}, { ...options, deduplication: { id: CANARY, ttl: idleMs } });
  };
  const timer = setInterval(() => {
    // Redis is away or rejects writes, which other checks report. A canary that cannot be sent
    // proves nothing.
    look().catch((error: unknown) => {
      waitingSince = null;
      log.debug({ queue: queue.name, reason: describeError(error) }, 'no canary');
    });
  }, lookMs);
  timer.unref();
  return {
    waitsFor: () =>
      waitingSince === null || worker.idleFor() < idleMs ? 0 : performance.now() - waitingSince,
    stop: () => clearInterval(timer),
  };
}
