import type { Worker } from 'bullmq';
import { timerMs } from '../process/timer-ms.ts';
import type { Logger } from '../telemetry/logger.ts';

/**
 * Stops one worker for a while, and leaves its queue's jobs to workers that the marketplace does
 * not refuse.
 */
export class LocalPause {
  readonly #worker: Pick<Worker, 'name' | 'pause' | 'resume'>;
  readonly #log: Logger;
  #until = 0;
  #resuming: NodeJS.Timeout | undefined;

  constructor(worker: Pick<Worker, 'name' | 'pause' | 'resume'>, log: Logger) {
    this.#worker = worker;
    this.#log = log;
  }

  /** The worker takes no jobs until this time, in ms since the epoch. A later time wins. */
  until(time: number): void {
    if (time <= this.#until) return;
    this.#until = time;
    clearTimeout(this.#resuming);
    this.#resuming = setTimeout(() => void this.#worker.resume(), timerMs(time - Date.now()));
    this.#log.info(
      { queue: this.#worker.name, until: new Date(time).toISOString() },
      'worker pauses: the marketplace refuses its calls',
    );
    void this.#worker.pause(true);
  }

  /** The worker stays paused. The process stops. */
  end(): void {
    clearTimeout(this.#resuming);
  }
}
