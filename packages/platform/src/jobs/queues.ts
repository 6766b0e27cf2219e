import { setTimeout as delay } from 'node:timers/promises';
import {
  JOBS,
  type JobName,
  jobFor,
  type OrderRef,
  type Payload,
  QUEUE_NAMES,
  type QueueName,
  RETRIES,
  type Step,
  type StepJob,
  subjectName,
} from '@fulfillment/shared';
import { type Job, type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { untilReady } from '../redis/connection/connection.ts';
import { isConnectionError, redisCause } from '../redis/errors.ts';
import { inTrips } from '../redis/in-trips.ts';
import type { Logger } from '../telemetry/logger.ts';
import { heldJobs, wake } from './held-jobs.ts';
import { priorityIn } from './job-priority.ts';

/**
 * Finished jobs stay visible for a while. They hold no state that we need: the record remembers.
 */
const KEEP_COMPLETED = { age: 24 * 3600, count: 1000 };
const KEEP_FAILED = { age: 7 * 24 * 3600, count: 5000 };
/** Pokes, polls and sweeps are many and say little. */
const KEEP_ROUTINE = { age: 3600, count: 200 };
const EVENTS_KEPT = 1000;
/** A larger batch would make other commands wait long for Redis. */
const POKES_A_TRIP = 100;
/** How soon queues are opened again after their connection broke, in ms. */
const AFTER_LOSS_MS = 100;

/** BullMQ's scores of delayed jobs are times in ms, times this. */
const DELAYED_SCORE = 0x1000;
const BEGUN_OR_GONE = ['unknown', 'active', 'completed', 'failed'];

/** Why an order is reconciled, for the logs. */
export type PokeReason = Payload<'orders', 'reconcile'>['via'];

/** All queues, and the only way to add to them. */
export class Queues {
  readonly #redis: Redis;
  readonly #queues: { [Q in QueueName]: Queue };

  constructor(connection: Redis, prefix: string, log: Logger) {
    this.#redis = connection;
    const open = (name: QueueName): Queue => {
      const queue = new Queue(name, {
        connection,
        prefix,
        defaultJobOptions: jobOptions(name),
        streams: { events: { maxLen: EVENTS_KEPT } },
      });
      queue.on('error', (err) => {
        // The connection logs its losses, and the monitor logs the error replies of Redis.
        const isRedis = redisCause(err) !== null || isConnectionError(err);
        log[isRedis ? 'debug' : 'error']({ queue: name, err }, 'queue error');
      });
      return queue;
    };
    this.#queues = {
      intake: open('intake'),
      orders: open('orders'),
      generation: open('generation'),
      delivery: open('delivery'),
      messages: open('messages'),
    };
  }

  /**
   * All queues, on a connection whose commands fail at once while Redis is away. BullMQ asks for
   * the version of Redis first, and a queue fails for good if the connection breaks meanwhile. So
   * the queues are then opened again.
   */
  static async open(connection: Redis, prefix: string, log: Logger): Promise<Queues> {
    for (;;) {
      const queues = new Queues(connection, prefix, log);
      try {
        await Promise.all(queues.all().map((queue) => queue.waitUntilReady()));
        return queues;
      } catch (error) {
        if (!isConnectionError(error)) throw error;
        // The connection looks ready for a moment after it broke.
        await delay(AFTER_LOSS_MS);
        await untilReady(connection);
      }
    }
  }

  get(name: QueueName): Queue {
    return this.#queues[name];
  }

  all(): Queue[] {
    return QUEUE_NAMES.map((name) => this.#queues[name]);
  }

  /**
   * Adds a job of the catalog.
   * @throws when the payload does not match the catalog.
   */
  async add<Q extends QueueName, J extends JobName<Q>>(
    queue: Q,
    name: J,
    payload: Payload<Q, J>,
  ): Promise<void> {
    const schema = JOBS[queue][name] as (typeof JOBS)['orders']['reconcile'];
    await this.#queues[queue].add(name, schema.parse(payload));
  }

  /**
   * Asks for an order to be reconciled. Waiting pokes of one order merge into one. A poke during a
   * reconcile makes the order reconcile once more.
   */
  async poke(ref: OrderRef, via: PokeReason): Promise<void> {
    await this.pokeAll([ref], via);
  }

  /** When a delayed job is tried again, in ms since the epoch. Null: the job is not delayed. */
  async delayedUntil(name: QueueName, jobId: string): Promise<number | null> {
    const score = await this.#redis.zscore(this.#queues[name].toKey('delayed'), jobId);
    return score === null ? null : Math.floor(Number(score) / DELAYED_SCORE);
  }

  /** The job of the order's poke that waits or runs, or null without such a job. */
  async pokeOf(ref: OrderRef): Promise<string | null> {
    return this.#queues.orders.getDeduplicationJobId(subjectName(ref));
  }

  /** Pokes many orders in few trips to Redis. */
  async pokeAll(refs: readonly OrderRef[], via: PokeReason): Promise<void> {
    const pokes = refs.map((ref) => {
      const data = JOBS.orders.reconcile.parse({ ...ref, via });
      return {
        name: 'reconcile',
        data,
        opts: { deduplication: { id: subjectName(ref), keepLastIfActive: true } },
      };
    });
    for (let first = 0; first < pokes.length; first += POKES_A_TRIP) {
      await this.#queues.orders.addBulk(pokes.slice(first, first + POKES_A_TRIP));
    }
  }

  /**
   * Ensures that a step's job exists. A job that waits or runs keeps everything but its place in
   * the queue. A job that ended without its step's fact is replaced by a new job.
   * @param dueAt when the order's delivery is due, in ms since the epoch. The earliest due time
   * goes first, and messages keep their order.
   */
  async ensure(ref: OrderRef, step: Step, dueAt: number): Promise<void> {
    const job = jobFor(ref, step);
    const queue = this.#queues[job.queue];
    const priority = priorityIn(job.queue, dueAt);
    // Both commands leave together, in this order. BullMQ adds no job whose id exists.
    const [[finishedOn, formerPriority]] = await Promise.all([
      this.#redis.hmget(queue.toKey(job.jobId), 'finishedOn', 'priority'),
      queue.add(job.name, job.payload, { jobId: job.jobId, priority }),
    ]);
    const isNew = typeof formerPriority !== 'string';
    if (typeof finishedOn === 'string') {
      await queue.remove(job.jobId);
      await queue.add(job.name, job.payload, { jobId: job.jobId, priority });
    } else if (!isNew && Number(formerPriority) !== priority) {
      const former = await queue.getJob(job.jobId);
      await former?.changePriority({ priority });
    }
  }

  /**
   * Whether `ensure` would change nothing, for many steps in few trips to Redis.
   * @returns the answers, in the order of `steps`.
   */
  async areEnsured(steps: readonly { ref: OrderRef; step: Step; dueAt: number }[]): Promise<boolean[]> {
    const jobs = steps.map(({ ref, step, dueAt }) => ({ ...jobFor(ref, step), dueAt }));
    const found = await inTrips(this.#redis, jobs, (pipeline, { queue, jobId }) =>
      pipeline.hmget(this.#queues[queue].toKey(jobId), 'name', 'finishedOn', 'priority'),
    );
    return jobs.map(({ queue, dueAt }, index) => {
      const [name, finishedOn, priority] = found[index] as (string | null)[];
      const isUnfinished = name !== null && name !== undefined && (finishedOn ?? null) === null;
      return isUnfinished && Number(priority ?? 0) === priorityIn(queue, dueAt);
    });
  }

  /**
   * Removes jobs that have not begun. A running job stays: its worker checks whether the job is
   * still wanted.
   */
  async removeWaiting(jobs: readonly StepJob[]): Promise<void> {
    for (const { queue, jobId } of jobs) {
      const state = await this.#queues[queue].getJobState(jobId);
      if (BEGUN_OR_GONE.includes(state)) continue;
      await this.#queues[queue].remove(jobId);
    }
  }

  /**
   * Runs the jobs now that a pause of work held.
   * @param pause identifies the pause.
   * @returns how many jobs these are.
   */
  async wakeHeld(pause: string): Promise<number> {
    const { generation } = this.#queues;
    const held = await heldJobs(this.#redis, generation);
    const ids = [...held].filter(([, by]) => by === pause).map(([id]) => id);
    for (const id of ids) {
      const job: Job | undefined = await generation.getJob(id);
      if (job !== undefined) await wake(job);
    }
    return ids.length;
  }

  /** How many jobs each pause of work holds, by the pause's key. */
  async countHeld(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const pause of (await heldJobs(this.#redis, this.#queues.generation)).values())
      counts.set(pause, (counts.get(pause) ?? 0) + 1);
    return counts;
  }

  /** How many jobs of a queue wait for a time that comes before `until`, in ms since the epoch. */
  async countDelayedUntil(name: QueueName, until: number): Promise<number> {
    return this.#redis.zcount(this.#queues[name].toKey('delayed'), '-inf', until * DELAYED_SCORE);
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((queue) => queue.close()));
  }
}

function jobOptions(queue: QueueName): JobsOptions {
  const { attempts, firstWaitMs } = RETRIES[queue];
  const routine = queue === 'orders' || queue === 'intake';
  return {
    attempts,
    backoff: { type: 'custom', delay: firstWaitMs },
    removeOnComplete: routine ? KEEP_ROUTINE : KEEP_COMPLETED,
    removeOnFail: routine ? KEEP_ROUTINE : KEEP_FAILED,
  };
}
