import { describeError, type Runtime } from '@fulfillment/platform';

/** Repeated work that one ingestor does at a time. */
export interface Schedule {
  /** The name of its job scheduler. */
  id: string;
  everyMs: number;
  job: { name: 'sweep'; data: Record<string, never> } | { name: 'poll'; data: { agentId: string } };
  /** When any process last did the work, in ms since the epoch, or 0 if none did. */
  lastRunAt(): Promise<number>;
}

/** How often schedules are checked, and how long work may be late beyond its intervals, in ms. */
export interface ScheduleTimes {
  checkMs: number;
  graceMs: number;
}

const USUAL: ScheduleTimes = { checkMs: 5000, graceMs: 30_000 };
/** Work that missed this many of its intervals has stopped. */
const MISSED = 4;

/**
 * Keeps the job schedulers of the intake queue alive. They are keys in Redis. A Redis that comes
 * back empty, or an obliterated queue, has none of them, and polls and sweeps would stop for good.
 */
export class Schedules {
  readonly #runtime: Pick<Runtime, 'queues' | 'log' | 'stopping'>;
  readonly #times: ScheduleTimes;
  readonly #kept = new Map<string, Schedule>();
  /** The problems of the last check, by schedule. */
  readonly #problems = new Map<string, string>();
  readonly #startedAt = Date.now();

  constructor(runtime: Pick<Runtime, 'queues' | 'log' | 'stopping'>, times: ScheduleTimes = USUAL) {
    this.#runtime = runtime;
    this.#times = times;
    const timer = setInterval(() => void this.#check(), times.checkMs);
    timer.unref();
    runtime.stopping.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  /**
   * Creates the scheduler, and creates it again whenever it is gone. Its first run is at once. If
   * Redis cannot take the scheduler now, the next check creates it.
   */
  async keep(schedule: Schedule): Promise<void> {
    this.#kept.set(schedule.id, schedule);
    try {
      await this.#create(schedule);
    } catch (error) {
      const { log } = this.#runtime;
      log.warn({ scheduler: schedule.id, reason: describeError(error) }, 'cannot create a job scheduler yet');
    }
  }

  /** Says which work does not run, for `/readyz`, or null when all work runs. */
  problem(): string | null {
    return this.#problems.size === 0 ? null : [...this.#problems.values()].join('; ');
  }

  async #create({ id, everyMs, job }: Schedule): Promise<void> {
    await this.#intake.upsertJobScheduler(id, { every: everyMs }, job);
  }

  get #intake() {
    return this.#runtime.queues.get('intake');
  }

  async #check(): Promise<void> {
    const { log } = this.#runtime;
    try {
      for (const schedule of this.#kept.values()) {
        if (await this.#isGone(schedule)) {
          log.warn({ scheduler: schedule.id }, 'a job scheduler was gone, and is created again');
          await this.#create(schedule);
        }
        await this.#judge(schedule);
      }
    } catch (error) {
      // Redis is away or rejects writes. Its own check reports that.
      log.debug({ reason: describeError(error) }, 'cannot check the schedules');
    }
  }

  /**
   * A scheduler is also useless if its next run is long past and the job of that run does not
   * exist.
   */
  async #isGone({ id, everyMs }: Schedule): Promise<boolean> {
    const found = await this.#intake.getJobScheduler(id);
    if (found?.next === undefined || found.next === null) return true;
    if (Date.now() - found.next < everyMs + this.#times.graceMs) return false;
    return (await this.#intake.getJob(`repeat:${id}:${found.next}`)) === undefined;
  }

  async #judge({ id, everyMs, lastRunAt }: Schedule): Promise<void> {
    const lateMs = Date.now() - Math.max(await lastRunAt(), this.#startedAt);
    if (lateMs < MISSED * everyMs + this.#times.graceMs) {
      this.#problems.delete(id);
      return;
    }
    const isPaused = await this.#intake.isPaused();
    const why = isPaused
      ? 'the queue intake is paused'
      : 'no worker takes its jobs from the queue intake, or its runs fail (see the log)';
    this.#problems.set(id, `${id} has not run for ${Math.round(lateMs / 1000)} s: ${why}`);
  }
}
