import { type Job, Worker } from 'bullmq';

/** A worker that knows when it last went round: a worker can look alive and ask for nothing. */
export class TurningWorker extends Worker {
  #turnedAt = performance.now();
  #inHand = 0;
  #workedAt = performance.now();

  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    const job = await super.moveToActive(token, name);
    this.#turnedAt = performance.now();
    return job;
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

  /** A pause is no silence. */
  override resume(): Promise<void> {
    this.#turnedAt = performance.now();
    this.#workedAt = this.#turnedAt;
    return super.resume();
  }

  /** For how long it has worked on no job, in ms. A paused worker is not idle. */
  idleFor(): number {
    return this.#inHand > 0 || this.isPaused() ? 0 : performance.now() - this.#workedAt;
  }

  /** For how long it has not asked for a job, in ms, although it has room for one. A paused or full worker is not silent. */
  silentFor(): number {
    return this.#inHand >= this.concurrency || this.isPaused() ? 0 : performance.now() - this.#turnedAt;
  }
}
