import { hostname } from 'node:os';
import { CANARY, JOBS, type JobName, type Payload, type QueueName, RETRIES } from '@fulfillment/shared';
import { type Job, type Queue, UnrecoverableError } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { settledWithin } from '../process/settled-within.ts';
import { describeError } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { keepCanary } from './canary.ts';
import { retryWait, settle } from './job-end.ts';
import { failureOf } from './job-failure.ts';
import { historyOf, waitOf } from './job-history.ts';
import { LocalPause } from './local-pause.ts';
import { TurningWorker } from './turning-worker.ts';
import type { WorkPauses } from './work-pauses.ts';

/** The context that a processor receives besides the payload. */
export interface JobContext {
  log: Logger;
  /** Aborted when the process must stop, or another worker may have taken the job. */
  signal: AbortSignal;
  /** The number of this try, from 1. Waits for a refused call or a lock use no try. */
  tryNumber: number;
  /**
   * Since when the artifact store has failed for this job, in ms since the epoch. Null: the store
   * has not failed.
   */
  storeFailingSince: number | null;
  /**
   * Since when the job has been held until times that the budget or a service named, in ms since
   * the epoch. Null: the job has not been held.
   */
  heldSince: number | null;
  /** Reports the job's progress to its page, and to whoever watches the queue. */
  progress(value: number | string | object): Promise<void>;
}

/** A processor for every job of a queue. A missing processor is a compile error. */
export type Processors<Q extends QueueName> = {
  [J in JobName<Q>]: (payload: Payload<Q, J>, context: JobContext) => Promise<void>;
};

export interface WorkerSetup<Q extends QueueName> {
  queue: Q;
  processors: Processors<Q>;
  /** Called once when a job ends for good without success, to record the failure for a human. */
  giveUp: (name: JobName<Q>, payload: Payload<Q, JobName<Q>>, reason: string) => Promise<void>;
  /** The pauses of work that may hold its jobs. */
  workPauses?: WorkPauses;
  connection: Redis;
  prefix: string;
  /** The queue to send canaries through. Without this queue the worker sends none. */
  canaries?: Queue;
  concurrency: number;
  log: Logger;
  metrics: Metrics;
  /**
   * Receives an error that the worker met. True: Redis caused the error, and it is logged
   * elsewhere.
   */
  isRedisError?: (error: unknown) => boolean;
  /**
   * How long a worker may be silent before its jobs are taken over, in ms. Locks are renewed after
   * half of this time.
   */
  lockMs?: number;
}

/** A worker that takes jobs of one queue until it is stopped. */
export interface RunningWorker {
  queue: QueueName;
  isRunning(): boolean;
  /** Whether the worker was asked to stop. */
  isStopping(): boolean;
  /**
   * For how long the worker has not asked Redis for a job although it has room, in ms. Or for how
   * long a canary has waited for the worker. An idle worker asks every few seconds.
   */
  silentFor(): number;
  /** The jobs that run: the job's name, and its order if it has one. */
  runningJobs(): { name: string; orderId: string | null }[];
  /**
   * Stops taking jobs and waits for the running ones. After `graceMs` the worker aborts them and
   * puts them back.
   */
  stop(graceMs: number): Promise<void>;
}

const LOCK_MS = 30_000;
/**
 * How long a worker waits after its connection broke, in ms. ioredis holds the next request until
 * the connection is back.
 */
const AFTER_LOSS_MS = 1000;
/**
 * How often a job may be taken over from workers that died. Then the job fails, and the sweep asks
 * for it again.
 */
const MAX_STALLED = 3;
/** How long aborted jobs may take to be put back before the worker is closed by force. */
const ABORT_MS = 3000;

/** Starts a worker. `classify` alone classifies the errors of its processors. */
export function startWorker<Q extends QueueName>(setup: WorkerSetup<Q>): RunningWorker {
  const { queue, log, metrics, lockMs = LOCK_MS } = setup;
  let isAborting = false;
  let isStopping = false;
  const running = new Set<{ name: string; orderId: string | null }>();

  const run = async (job: Job, token: string | undefined, signal: AbortSignal | undefined): Promise<void> => {
    if (job.name === CANARY) return;
    const name = job.name as JobName<Q>;
    const payload = readPayload(queue, job, log);
    const { storeFailingSince, heldSince } = historyOf(job);
    const jobLog = log.child({ queue, job: name, ...(payload as object) });
    const inHand = { name: job.name, orderId: job.data.orderId ?? null };
    running.add(inHand);
    const started = performance.now();
    metrics.jobWait(queue, name, waitOf(job, Date.now()));
    try {
      await setup.processors[name](payload, {
        log: jobLog,
        signal: signal ?? new AbortController().signal,
        tryNumber: job.attemptsMade + 1,
        storeFailingSince,
        heldSince,
        progress: (value) => job.updateProgress(value),
      });
      metrics.jobDone({ queue, job: name, outcome: 'done', ms: performance.now() - started });
    } catch (error) {
      const failure = failureOf(error, { job, isAborting, signal });
      metrics.jobDone({ queue, job: name, outcome: failure.kind, ms: performance.now() - started });
      if (failure.kind === 'refused') pause.until(failure.retryAt);
      const giveUp = () => setup.giveUp(name, payload, failure.reason);
      await settle({ job, token, log: jobLog, giveUp, workPauses: setup.workPauses }, failure, error);
    } finally {
      running.delete(inHand);
    }
  };

  const worker = new TurningWorker(queue, run, {
    // BullMQ writes the name into each job that the worker takes. The console shows this host.
    name: hostname(),
    connection: setup.connection,
    prefix: setup.prefix,
    concurrency: setup.concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    runRetryDelay: AFTER_LOSS_MS,
    maxStalledCount: MAX_STALLED,
    settings: { backoffStrategy: (triesMade) => retryWait(RETRIES[queue].firstWaitMs, triesMade) },
  });
  const pause = new LocalPause(worker, log);
  worker.on('error', (err) => {
    worker.noteError(err);
    if (!setup.isRedisError?.(err)) log.error({ queue, reason: describeError(err) }, 'worker error');
  });
  worker.on('stalled', (jobId) =>
    log.warn({ queue, jobId }, 'job taken over from a worker that died or hung'),
  );
  worker.on('lockRenewalFailed', (jobIds) => {
    log.warn({ queue, jobIds }, 'lost the lock of jobs: aborting them');
    for (const id of jobIds) worker.cancelJob(id, 'lock lost');
  });
  worker.on('failed', (job, err) => {
    if (job === undefined || job.attemptsMade < (job.opts.attempts ?? 1)) return;
    log.warn({ queue, jobId: job.id, reason: describeError(err) }, 'job failed');
  });

  const canary = setup.canaries && keepCanary(setup.canaries, worker, { log });
  return {
    queue,
    isRunning: () => (worker.isRunning() || worker.isPaused()) && !isAborting,
    isStopping: () => isStopping,
    runningJobs: () => [...running],
    silentFor: () => Math.max(worker.silentFor(), canary?.waitsFor() ?? 0),
    async stop(graceMs) {
      isStopping = true;
      canary?.stop();
      pause.end();
      const closed = worker.close();
      if (await settledWithin(closed, graceMs)) return;
      isAborting = true;
      worker.cancelAllJobs('the process stops');
      if (await settledWithin(closed, ABORT_MS)) return;
      log.warn({ queue }, 'jobs in hand did not end: leaving them to other workers');
    },
  };
}

/** @throws UnrecoverableError for a job that another version added, or a person by hand. */
function readPayload<Q extends QueueName>(queue: Q, job: Job, log: Logger): Payload<Q, JobName<Q>> {
  const schema = JOBS[queue][job.name as JobName<Q>] as z.ZodType<Payload<Q, JobName<Q>>> | undefined;
  const payload = schema?.safeParse(job.data);
  if (payload?.success) return payload.data;
  const problem = payload ? z.prettifyError(payload.error) : `no job of queue ${queue} has this name`;
  log.error({ queue, job: job.name, jobId: job.id, problem }, 'job cannot be read');
  throw new UnrecoverableError(`The job cannot be read: ${problem}`);
}
