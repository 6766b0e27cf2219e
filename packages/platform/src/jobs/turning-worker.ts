import { type Job, Worker } from 'bullmq';
import { ReplyError } from 'ioredis';
import { RequestPacer } from '../redis/connection/request-pacer.ts';

/**
 * A worker that knows when it last asked for a job. Without this, a worker can look alive and ask
 * for nothing.
 */
export class TurningWorker extends Worker {
  #turnedAt = performance.now();
  #inHand = 0;
  #workedAt = performance.now();
  readonly #pacer = new RequestPacer();

  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    // BullMQ retries at once after an error reply, thousands of times a second.
    if (this.#pacer.msLeft() > 0) await this.delay();
    try {
      const job = await super.moveToActive(token, name);
      this.#turnedAt = performance.now();
      return job;
    } catch (error) {
      this.noteError(error);
      throw error;
    }
  }

  /** BullMQ names no time for its waits after an error of its blocking connection. */
  override delay(...[ms, abort]: Parameters<Worker['delay']>): Promise<void> {
    return super.delay(ms ?? this.#pacer.msLeft(), abort);
  }

  /**
   * Takes every error that the worker meets. An error reply of Redis slows the worker down. The
   * reply also proves that the worker asks: the trouble is in Redis, and a new process would meet
   * the same trouble.
   */
  noteError(error: unknown): void {
    if (!(error instanceof ReplyError)) return;
    this.#pacer.noteError();
    this.#turnedAt = performance.now();
  }

  override async processJob(...args: Parameters<Worker['processJob']>): ReturnType<Worker['processJob']> {
    this.#inHand += 1;
    try {
      return await super.processJob(...args);
    } finally {
      this.#inHand -= 1;
      this.#turnedAt = performance.now();
      this.#workedAt = this.#turnedAt;
    }
  }

  /** A pause does not count as silence. */
  override resume(): Promise<void> {
    this.#turnedAt = performance.now();
    this.#workedAt = this.#turnedAt;
    return super.resume();
  }

  /** For how long the worker has had no job, in ms. A paused worker is not idle. */
  idleFor(): number {
    return this.#inHand > 0 || this.isPaused() ? 0 : performance.now() - this.#workedAt;
  }

  /**
   * For how long the worker has not asked for a job although it has room for one, in ms. A paused
   * or full worker is not silent.
   */
  silentFor(): number {
    return this.#inHand >= this.concurrency || this.isPaused() ? 0 : performance.now() - this.#turnedAt;
  }
}
