import { setTimeout as delay } from 'node:timers/promises';
import { backoffWait, cutText, rejectUnknownOptions, type Usage } from '@fulfillment/shared';
import { z } from 'zod';
import { PermanentError } from '../errors.ts';
import type { GenerateContext, Output } from '../types.ts';
import type { Answer } from './http-answer.ts';
import { failureOf, madeOf, parsed } from './http-made.ts';
import { Service, type ServiceOptions } from './http-service.ts';
import { jobOf } from './job.ts';

export interface HttpOptions extends ServiceOptions {
  /** How often a job is asked for, in seconds, when the answer names no Retry-After. Default 5. */
  askEverySeconds?: number;
}

const OPTIONS = {
  url: true,
  secret: true,
  headers: true,
  requestSeconds: true,
  askEverySeconds: true,
} satisfies Record<keyof HttpOptions, true>;
const DEFAULT_ASK_EVERY_SECONDS = 5;
const SHORTEST_NAMED_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 300;
const LONGEST_FAILING_PAUSE_SECONDS = 60;
const LARGEST_ACCEPTANCE_BYTES = 64 * 1024;

const acceptedSchema = z.looseObject({
  url: z.string().optional(),
  progress: z.union([z.string(), z.number()]).optional(),
});
/** `lost`: how many jobs of this round the service lost. `told`: the job's usage was reported. */
const rememberedSchema = z.object({
  jobUrl: z.url().nullable(),
  lost: z.int().nonnegative().default(0),
  told: z.boolean().default(false),
});
type Remembered = z.infer<typeof rememberedSchema>;

/**
 * A `generate` that has your own service do the work. The service gets the job as a signed POST. It
 * answers with the deliverables, or with 202 and the URL of a job. That URL is polled until the job
 * is done. The URL is remembered: after a restart the job is polled again, and not handed over
 * again.
 * @throws the error that fails the attempt. PermanentError for a 4xx answer. RetryLaterError for
 * 429 or 503 with a time to come again. InvalidOutputError for an answer without a deliverable. An
 * Error for a failure that may pass.
 * @throws TypeError at once, when an option is wrong.
 */
export function http(options: HttpOptions): (ctx: GenerateContext) => Promise<Output | Output[]> {
  rejectUnknownOptions('http', options, OPTIONS);
  const service = new Service(options);
  const askEverySeconds = options.askEverySeconds ?? DEFAULT_ASK_EVERY_SECONDS;
  return async (ctx) => {
    const found = rememberedSchema.safeParse(ctx.remembered);
    const remembered: Remembered = found.success ? found.data : { jobUrl: null, lost: 0, told: false };
    const known = remembered.jobUrl === null ? null : service.urlOf(remembered.jobUrl);
    const round = new Round(ctx, { service, askEverySeconds }, remembered);
    return known === null ? await round.give() : await round.follow(known);
  };
}

/** One attempt of a round with the service. */
class Round {
  readonly #ctx: GenerateContext;
  readonly #service: Service;
  readonly #askEverySeconds: number;
  #remembered: Remembered;
  readonly #begunAt = Date.now();
  #failures = 0;

  constructor(
    ctx: GenerateContext,
    { service, askEverySeconds }: { service: Service; askEverySeconds: number },
    remembered: Remembered,
  ) {
    this.#ctx = ctx;
    this.#service = service;
    this.#askEverySeconds = askEverySeconds;
    this.#remembered = remembered;
  }

  /**
   * The id of the job. It is the same for each attempt, so that the service recognises a repeat. It
   * changes when an operator retries the round, and when the service lost the job.
   */
  get #id(): string {
    const { order, round, isDispute, attempt } = this.#ctx;
    const { lost } = this.#remembered;
    return [order.id, `${round}${isDispute ? 'd' : ''}`, attempt, ...(lost > 0 ? [lost] : [])].join('-');
  }

  /** Hands over the job. */
  async give(): Promise<Output | Output[]> {
    const answer = await this.#service.give(this.#ctx, this.#id, jobOf(this.#ctx));
    if (!answer.isOk) throw await this.#failure(answer);
    if (answer.status !== 202) return await this.#made(answer);
    const accepted = await this.#accepted(answer);
    const location = accepted.url ?? answer.location;
    const job = location === null ? null : this.#service.urlOf(location);
    if (job === null) {
      throw new PermanentError(
        `the service answered 202 and names no job at ${this.#service.url.origin}: a Location header or {"url"} must`,
      );
    }
    await this.#remember({ jobUrl: job.href, told: false });
    await this.#pauseAfter(answer);
    return await this.follow(job);
  }

  /**
   * Polls a job until it is done. An occasional failure to reach the service does not lose the job.
   */
  async follow(job: URL): Promise<Output | Output[]> {
    for (;;) {
      const answer = await this.#ask(job);
      if (answer !== null && answer.status !== 202 && !answer.isPassing) {
        if (answer.isOk) return await this.#made(answer);
        const failure = await this.#failure(answer);
        // If the round is retried, a job that ended badly is handed over again under a new id.
        // Under its old id, the service would return the old answer.
        await this.#remember({ jobUrl: null, lost: this.#remembered.lost + 1, told: false });
        throw answer.status === 404 || answer.status === 410
          ? new Error('the service knows the job no more')
          : failure;
      }
      await this.#pauseAfter(answer);
    }
  }

  /** @returns null when the service cannot be asked now. */
  async #ask(job: URL): Promise<Answer | null> {
    try {
      const answer = await this.#service.ask(this.#ctx, job, `${this.#id}-ask-${Date.now()}`);
      if (answer.status === 202) await this.#accepted(answer);
      else if (answer.isPassing) await answer.discard();
      return answer;
    } catch (error) {
      this.#ctx.signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      this.#ctx.log.warn({ reason }, 'the service cannot be asked now');
      return null;
    }
  }

  /** The content of a 202 answer: the job's URL, and its progress. */
  async #accepted(answer: Answer): Promise<{ url?: string | undefined }> {
    const text = await answer.text(LARGEST_ACCEPTANCE_BYTES);
    const accepted = acceptedSchema.safeParse(answer.isJson ? parsed(text) : undefined);
    if (!accepted.success) return {};
    const { progress } = accepted.data;
    if (progress !== undefined)
      await this.#ctx.progress(typeof progress === 'string' ? cutText(progress, 200) : progress);
    return accepted.data;
  }

  /** The deliverables. Their usage is reported once, however often a finished job is polled. */
  async #made(answer: Answer): Promise<Output | Output[]> {
    const { outputs, usage } = await madeOf(this.#ctx, answer);
    await this.#tell(usage);
    if (outputs instanceof Error) throw outputs;
    return outputs;
  }

  async #tell(usage: readonly Usage[]): Promise<void> {
    if (this.#remembered.told || usage.length === 0) return;
    for (const report of usage) await this.#ctx.usage(report);
    if (this.#remembered.jobUrl !== null) await this.#remember({ told: true });
  }

  /** The meaning of an error answer. Its usage counts, too. */
  async #failure(answer: Answer): Promise<Error> {
    const { error, usage } = await failureOf(this.#ctx, answer);
    await this.#tell(usage);
    return error;
  }

  async #remember(changed: Partial<Remembered>): Promise<void> {
    this.#remembered = { ...this.#remembered, ...changed };
    await this.#ctx.remember(this.#remembered);
  }

  /** Waits until the job may be polled again. */
  async #pauseAfter(answer: Answer | null): Promise<void> {
    const isFailing = answer === null || answer.isPassing;
    this.#failures = isFailing ? this.#failures + 1 : 0;
    const seconds = pauseSeconds({
      namedSeconds: answer?.retryAfter ?? null,
      askEverySeconds: this.#askEverySeconds,
      failures: this.#failures,
      followedForSeconds: (Date.now() - this.#begunAt) / 1000,
    });
    await delay(seconds * 1000, undefined, { signal: this.#ctx.signal });
  }
}

/**
 * How long to wait before the next poll of a job, in seconds. A time that the service names is a
 * minimum. While the service fails, the waits double. If the service asks for frequent polls, they
 * become less frequent the longer the job lasts, down to the usual pace.
 */
export function pauseSeconds(pause: {
  namedSeconds: number | null;
  askEverySeconds: number;
  /** How often in a row the service failed. */
  failures: number;
  followedForSeconds: number;
}): number {
  const { namedSeconds, askEverySeconds, failures, followedForSeconds } = pause;
  const base = namedSeconds === null ? askEverySeconds : Math.max(namedSeconds, SHORTEST_NAMED_PAUSE_SECONDS);
  const growing =
    failures > 0
      ? backoffWait({ first: base, longest: LONGEST_FAILING_PAUSE_SECONDS }, failures - 1)
      : Math.min(followedForSeconds / 10, askEverySeconds);
  return Math.min(Math.max(base, growing), LONGEST_PAUSE_SECONDS);
}
