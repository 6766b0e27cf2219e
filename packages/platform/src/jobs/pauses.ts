import { type OrderRef, QUEUE_NAMES, type QueueName } from '@fulfillment/shared';
import type { Redis, Result } from 'ioredis';
import { z } from 'zod';
import type { RedisKeys } from '../redis/keys.ts';
import { defineScripts, readScripts } from '../redis/scripts.ts';
import { readStored } from '../redis/stored-json.ts';
import type { Queues } from './queues.ts';

/** A queue from which no worker takes a job, on any host, until somebody resumes it. */
export interface Pause {
  queue: QueueName;
  /** The operator who paused the queue. Null: a program other than the admin pages paused it. */
  by: string | null;
  /** Since when, by Redis' clock, in ms. Null: unknown. */
  since: number | null;
}

/** A job's queue and id, to find out whether a pause holds the job up. */
export interface JobPlace {
  queue: QueueName;
  jobId: string;
}

const noteSchema = z.object({ by: z.string(), since: z.number() });

/**
 * A job in one of these states still needs a worker to take it. An active job goes on although its
 * queue is paused.
 */
const WAITING = ['waiting', 'prioritized', 'delayed'];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    forgetPause(notes: string, queueMeta: string, queue: string): Result<number, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/**
 * The pauses of queues. BullMQ knows only that a queue is paused. A note beside it says who paused
 * the queue, and since when, so that operators need not guess why orders do not move.
 */
export class Pauses {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #queues: Queues;

  constructor(redis: Redis, keys: RedisKeys, queues: Queues) {
    this.#redis = redis;
    this.#keys = keys;
    this.#queues = queues;
    defineScripts(redis, SCRIPTS);
  }

  /** Pauses a queue on every host. A queue that is already paused keeps its first note. */
  async pause(queue: QueueName, by: string): Promise<void> {
    const target = this.#queues.get(queue);
    if (await target.isPaused()) return;
    const [seconds] = await this.#redis.time();
    const note = JSON.stringify({ by, since: Number(seconds) * 1000 });
    // The note comes first, so that a process that dies in between leaves no pause without a name.
    await this.#redis.hset(this.#keys.pauses, queue, note);
    await target.pause();
    // A concurrent reader may have found a note without a pause, and deleted the note.
    await this.#redis.hset(this.#keys.pauses, queue, note);
  }

  async resume(queue: QueueName): Promise<void> {
    await this.#queues.get(queue).resume();
    await this.#redis.hdel(this.#keys.pauses, queue);
  }

  /**
   * The queues that are paused now, whoever paused them. A note whose queue is not paused is
   * deleted, because another program resumed the queue. The note would name the wrong person at the
   * next pause.
   */
  async read(): Promise<Pause[]> {
    const [notes, paused] = await Promise.all([
      this.#redis.hgetall(this.#keys.pauses),
      Promise.all(QUEUE_NAMES.map((queue) => this.#queues.get(queue).isPaused())),
    ]);
    const isPaused = (_queue: QueueName, index: number) => paused[index] === true;
    const outdated = QUEUE_NAMES.filter((queue, index) => !isPaused(queue, index) && queue in notes);
    await Promise.all(outdated.map((queue) => this.#forget(queue)));
    return QUEUE_NAMES.filter(isPaused).map((queue) => ({ queue, ...noteOf(notes[queue]) }));
  }

  async #forget(queue: QueueName): Promise<void> {
    const meta = this.#queues.get(queue).toKey('meta');
    await this.#redis.forgetPause(this.#keys.pauses, meta, queue);
  }

  /**
   * Which of these pauses hold up an order.
   * @param jobs the order's jobs that its last decision asked for.
   */
  async holdingUp(pauses: readonly Pause[], ref: OrderRef, jobs: readonly JobPlace[]): Promise<Pause[]> {
    const holds = await Promise.all(
      pauses.map(async ({ queue }) => {
        const ids = jobs.filter((job) => job.queue === queue).map(({ jobId }) => jobId);
        const poke = queue === 'orders' ? await this.#queues.pokeOf(ref) : null;
        if (poke !== null) ids.push(poke);
        const states = await Promise.all(ids.map((id) => this.#queues.get(queue).getJobState(id)));
        return states.some((state) => WAITING.includes(state));
      }),
    );
    return pauses.filter((_pause, index) => holds[index]);
  }
}

/**
 * If the note is missing or damaged, we do not know who paused the queue. The queue is paused all
 * the same.
 */
function noteOf(text: string | undefined): Pick<Pause, 'by' | 'since'> {
  return readStored(noteSchema, text) ?? { by: null, since: null };
}
