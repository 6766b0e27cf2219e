import type { Redis } from 'ioredis';
import { settledWithin } from '../../process/settled-within.ts';
import { describeError } from '../../telemetry/failures.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { isConnectionError, type RedisCause, redisAdvice, redisCause } from '../errors.ts';
import type { RedisKeys } from '../keys.ts';
import { probe } from './probe.ts';

/**
 * The monitor's times, in ms: the interval of probes, the time limit of an answer, the calm that
 * ends trouble, and the interval of log lines about trouble.
 */
export interface MonitorTimes {
  everyMs: number;
  answerMs: number;
  calmMs: number;
  summaryMs: number;
}

const USUAL: MonitorTimes = { everyMs: 2000, answerMs: 3000, calmMs: 3000, summaryMs: 60_000 };

/** What is wrong with Redis. `away`: it does not answer. */
export interface RedisTrouble {
  cause: RedisCause | 'away';
  /** One line for pages and checks, with advice. */
  text: string;
  /** In ms since the epoch. */
  since: number;
}

export interface MonitorSetup {
  redis: Redis;
  keys: RedisKeys;
  /** Without user and password. */
  address: string;
  log: Logger;
  /** Called when Redis turned out to be a replica: every connection should be reopened. */
  onDemoted: () => void;
  times?: MonitorTimes;
}

/**
 * Knows the state of Redis for logs, health, metrics and pages, which need not ask Redis. The
 * monitor writes a probe every few seconds, and takes reports of errors from other code. Trouble is
 * logged once when it begins, once a minute while it lasts, and once when it ends.
 */
export class RedisMonitor {
  readonly #with: MonitorSetup;
  readonly #times: MonitorTimes;
  #trouble: RedisTrouble | null = null;
  #errors = 0;
  #lastErrorAt = Number.NEGATIVE_INFINITY;
  /**
   * When each cause was last logged. Causes may alternate: each is logged at most once a minute.
   */
  readonly #loggedAt = new Map<RedisTrouble['cause'], number>();
  #demotedAt = Number.NEGATIVE_INFINITY;
  #hasSeenMark = false;
  #isProbing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(setup: MonitorSetup) {
    this.#with = setup;
    this.#times = setup.times ?? USUAL;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#look(), this.#times.everyMs);
    this.#timer.unref();
    void this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The current trouble with Redis. Null: Redis answers and takes writes. */
  get trouble(): RedisTrouble | null {
    const { redis, address } = this.#with;
    if (this.#trouble !== null || redis.status === 'ready') return this.#trouble;
    // The connection broke since the last probe.
    return { cause: 'away', text: `Redis at ${address} cannot be reached`, since: Date.now() };
  }

  /**
   * Takes an error that other code met.
   * @returns whether Redis caused the error, so that the error needs no log line of its own.
   */
  report(error: unknown): boolean {
    const cause = redisCause(error);
    if (cause === null) return isConnectionError(error);
    this.#errors += 1;
    this.#lastErrorAt = performance.now();
    if (cause === 'read-only') this.#demoted();
    this.#begin(cause, `Redis answers "${describeError(error)}". ${redisAdvice(cause)}`);
    return true;
  }

  #demoted(): void {
    const now = performance.now();
    if (now - this.#demotedAt < this.#times.everyMs / 2) return;
    this.#demotedAt = now;
    this.#with.onDemoted();
  }

  #begin(cause: RedisTrouble['cause'], text: string): void {
    const { log, address } = this.#with;
    const now = performance.now();
    const since = this.#trouble?.since ?? Date.now();
    if (this.#trouble?.cause !== cause) this.#trouble = { cause, text, since };
    const loggedAt = this.#loggedAt.get(cause);
    if (loggedAt !== undefined && now - loggedAt < this.#times.summaryMs) return;
    this.#loggedAt.set(cause, now);
    if (loggedAt === undefined) {
      log.error({ cause, address }, text);
      return;
    }
    const seconds = Math.round((Date.now() - since) / 1000);
    log.error({ cause, address, seconds, errors: this.#errors }, `still: ${text}`);
    this.#errors = 0;
  }

  #end(): void {
    const trouble = this.#trouble;
    if (trouble === null || performance.now() - this.#lastErrorAt < this.#times.calmMs) return;
    const seconds = Math.round((Date.now() - trouble.since) / 1000);
    this.#with.log.info({ cause: trouble.cause, seconds }, 'Redis answers and takes writes again');
    this.#trouble = null;
    this.#loggedAt.clear();
    this.#errors = 0;
  }

  async #look(): Promise<void> {
    const { redis, keys, address } = this.#with;
    const away = (): void => {
      // A connection that reconnects because of an error reply is briefly away. The reply says
      // more.
      const isReconnecting = performance.now() - this.#lastErrorAt < this.#times.calmMs;
      if (!isReconnecting) this.#begin('away', `Redis at ${address} cannot be reached`);
    };
    if (redis.status !== 'ready') return away();
    // An earlier probe is still unanswered. Only one probe runs at a time.
    if (this.#isProbing) return away();
    this.#isProbing = true;
    const answer = probe(redis, keys)
      .then((result) => this.#noteProbe(result))
      .finally(() => {
        this.#isProbing = false;
      });
    try {
      if (await settledWithin(answer, this.#times.answerMs)) this.#end();
      else away();
    } catch (error) {
      if (!this.report(error)) away();
    }
  }

  #noteProbe({ hasMark, steppedBackMs }: { hasMark: boolean; steppedBackMs: number }): void {
    const { log, address } = this.#with;
    if (this.#hasSeenMark && !hasMark) {
      log.error(
        { address },
        'Redis came back empty: every record is gone. Open orders are found again by the next poll',
      );
    }
    this.#hasSeenMark = true;
    if (steppedBackMs > 0) {
      log.warn(
        { address, seconds: Math.round(steppedBackMs / 1000) },
        "Redis' clock stepped back. Waits that began before the step last that much longer. Keep its time right (chrony)",
      );
    }
  }
}
