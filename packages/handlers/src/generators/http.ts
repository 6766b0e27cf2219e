import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { MEDIA_TYPES } from '@fulfillment/shared';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { InvalidOutputError, PermanentError } from '../errors.ts';
import type { GenerateContext, Output } from '../types.ts';

export interface HttpOptions {
  /** Your service. What it answers may lead to no other origin. */
  url: string;
  /** Signs the requests, as the Standard Webhooks say: `whsec_` and base64. Read it from the environment. */
  secret: string;
  /** Sent along with each request. */
  headers?: Readonly<Record<string, string>>;
  /** How long one answer may take to begin, in seconds. Default 60, at most 290; longer work answers with 202. */
  requestSeconds?: number;
  /** How often a job is asked for, in seconds, when the answer names no Retry-After. Default 5. */
  askEverySeconds?: number;
}

const DEFAULT_REQUEST_SECONDS = 60;
/** Longer, and the HTTP client itself gives up. */
const LONGEST_REQUEST_SECONDS = 290;
const DEFAULT_ASK_EVERY_SECONDS = 5;
const LONGEST_PAUSE_SECONDS = 300;
const JSON_TYPE = /^application\/(\w+\+)?json\b/;

const usage = z.object({
  what: z.string(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  images: z.number().optional(),
  costUsd: z.number().optional(),
});
const mediaType = z.enum(MEDIA_TYPES);
const deliverable = z.union([
  z.strictObject({ url: z.url(), mediaType }),
  z.strictObject({
    base64: z.base64(),
    contentType: z.string(),
    fileName: z.string().optional(),
    mediaType: mediaType.optional(),
  }),
  z.strictObject({
    text: z.string(),
    contentType: z.string().default('text/plain'),
    fileName: z.string().optional(),
    mediaType: mediaType.optional(),
  }),
]);
const madeSchema = z.object({ deliverables: z.array(deliverable).min(1), usage: z.array(usage).default([]) });
const acceptedSchema = z.looseObject({
  url: z.string().optional(),
  progress: z.union([z.string(), z.number()]).optional(),
});
const rememberedSchema = z.object({ jobUrl: z.url() });

/**
 * A `generate` that has a service of yours do the work. It gets the job as a signed POST, and answers with the deliverables, or with 202
 * and the URL of a job that is asked for until it is done. The URL is remembered: after a restart the job is asked for again, and not
 * given again.
 * @throws what makes the try fail: PermanentError for an answer of 4xx; InvalidOutputError for one that holds nothing to deliver; an
 * Error for what may work later.
 * @throws TypeError at once, when an option is wrong.
 */
export function http(options: HttpOptions): (ctx: GenerateContext) => Promise<Output | Output[]> {
  const service = new Service(options);
  return async (ctx) => {
    const remembered = rememberedSchema.safeParse(ctx.remembered);
    const jobUrl = remembered.success ? service.urlOf(remembered.data.jobUrl) : null;
    if (jobUrl !== null) return await service.follow(ctx, jobUrl);
    const answer = await service.give(ctx);
    if (answer.status !== 202) return await made(ctx, answer);
    const accepted = await acceptance(ctx, answer);
    const location = accepted.url ?? answer.headers.get('location');
    const job = location === null ? null : service.urlOf(location);
    if (job === null) {
      throw new PermanentError(
        `the service answered 202 and names no job at ${service.origin}: a Location header or {"url"} must`,
      );
    }
    await ctx.remember({ jobUrl: job.href });
    await delay(service.pauseAfter(answer), undefined, { signal: ctx.signal });
    return await service.follow(ctx, job);
  };
}

/** The operator's service: requests that are signed, and go to its origin alone. */
class Service {
  readonly #url: URL;
  readonly #webhook: Webhook;
  readonly #options: HttpOptions;
  readonly #requestMs: number;

  constructor(options: HttpOptions) {
    if (!URL.canParse(options.url) || !/^https?:/.test(options.url))
      throw new TypeError(`http needs a url, and got "${options.url}"`);
    if (typeof options.secret !== 'string' || options.secret === '') {
      throw new TypeError('http needs a secret: is its environment variable set?');
    }
    const seconds = options.requestSeconds ?? DEFAULT_REQUEST_SECONDS;
    if (!(seconds > 0 && seconds <= LONGEST_REQUEST_SECONDS)) {
      throw new TypeError(
        `requestSeconds must be from 0 to ${LONGEST_REQUEST_SECONDS}: longer work answers with 202`,
      );
    }
    this.#url = new URL(options.url);
    this.#webhook = new Webhook(options.secret);
    this.#options = options;
    this.#requestMs = seconds * 1000;
  }

  get origin(): string {
    return this.#url.origin;
  }

  /** A URL of the service; null for one of somebody else. */
  urlOf(text: string): URL | null {
    if (!URL.canParse(text, this.#url.href)) return null;
    const url = new URL(text, this.#url);
    return url.origin === this.#url.origin ? url : null;
  }

  /** Hands over the job. Its id is the same for each try, so that the service can tell a repeat, and another one when an operator asks
   * for the round again. */
  async give(ctx: GenerateContext): Promise<Response> {
    const { order, round, feedback, note, isDispute, earlier } = ctx;
    const body = JSON.stringify({ order, round, feedback, note, isDispute, earlier });
    return checked(await this.#ask(ctx, this.#url, 'POST', body));
  }

  /** Asks for a job until it is done. That it cannot be asked for now and then loses no job. */
  async follow(ctx: GenerateContext, job: URL): Promise<Output | Output[]> {
    for (;;) {
      const answer = await this.#ask(ctx, job, 'GET', '').catch((error: unknown) => {
        ctx.signal.throwIfAborted();
        ctx.log.warn(
          { reason: error instanceof Error ? error.message : String(error) },
          'the service cannot be asked now',
        );
        return null;
      });
      if (answer !== null && answer.status !== 202 && !isPassing(answer.status)) {
        // What ended badly is given again, if the round is tried again.
        if (!answer.ok) await ctx.remember(null);
        if (answer.status === 404 || answer.status === 410)
          throw new Error('the service knows the job no more');
        return await made(ctx, await checked(answer));
      }
      if (answer?.status === 202) await acceptance(ctx, answer);
      else await answer?.body?.cancel();
      await delay(this.pauseAfter(answer), undefined, { signal: ctx.signal });
    }
  }

  /** In ms. */
  pauseAfter(answer: Response | null): number {
    const named = Number(answer?.headers.get('retry-after') ?? Number.NaN);
    const seconds = named >= 0 ? named : (this.#options.askEverySeconds ?? DEFAULT_ASK_EVERY_SECONDS);
    return Math.min(seconds, LONGEST_PAUSE_SECONDS) * 1000;
  }

  async #ask(ctx: GenerateContext, url: URL, method: string, body: string): Promise<Response> {
    const id = [ctx.order.id, `${ctx.round}${ctx.isDispute ? 'd' : ''}`, ctx.attempt].join('-');
    const now = new Date();
    const tooLong = new AbortController();
    const timer = setTimeout(
      () => tooLong.abort(new Error('the service took too long to answer')),
      this.#requestMs,
    );
    try {
      return await fetch(url, {
        method,
        ...(method === 'POST' && { body }),
        redirect: 'manual',
        signal: AbortSignal.any([ctx.signal, tooLong.signal]),
        headers: {
          ...this.#options.headers,
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': this.#webhook.sign(id, now, body),
        },
      });
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (tooLong.signal.aborted) throw tooLong.signal.reason;
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Error(`the service at ${url.origin} cannot be reached: ${cause}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What may be otherwise in a moment. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** @throws for an answer that is no success, with the beginning of what it says. */
async function checked(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  const said = (await answer.text()).replace(/\s+/g, ' ').trim().slice(0, 300);
  const what = `the service answered ${answer.status}${said ? `: ${said}` : ''}`;
  throw isPassing(answer.status) ? new Error(what) : new PermanentError(what);
}

/** What a 202 says: where the job is, and how far. */
async function acceptance(ctx: GenerateContext, answer: Response): Promise<{ url?: string | undefined }> {
  const body = await answer.text();
  if (body === '' || !JSON_TYPE.test(answer.headers.get('content-type') ?? '')) return {};
  const accepted = acceptedSchema.safeParse(parsed(body));
  if (!accepted.success) return {};
  const { progress } = accepted.data;
  if (progress !== undefined)
    await ctx.progress(typeof progress === 'string' ? progress.slice(0, 200) : progress);
  return accepted.data;
}

/** The deliverables of an answer: a list as JSON, or the answer's own bytes. */
async function made(ctx: GenerateContext, answer: Response): Promise<Output | Output[]> {
  const contentType = answer.headers.get('content-type') ?? '';
  if (!JSON_TYPE.test(contentType)) return bytesOf(answer, contentType);
  const result = madeSchema.safeParse(parsed(await answer.text()));
  if (!result.success)
    throw new InvalidOutputError(`the service's answer is wrong:\n${z.prettifyError(result.error)}`);
  for (const { what, ...used } of result.data.usage) await ctx.usage({ what, ...given(used) });
  return result.data.deliverables.map((one): Output => {
    if ('url' in one) return one;
    const body = 'text' in one ? one.text : Buffer.from(one.base64, 'base64');
    const { contentType, fileName, mediaType } = one;
    return {
      body,
      contentType,
      ...(fileName !== undefined && { fileName }),
      ...(mediaType !== undefined && { mediaType }),
    };
  });
}

function bytesOf(answer: Response, contentType: string): Output {
  if (answer.body === null || contentType === '') {
    throw new InvalidOutputError('the service answered with nothing, or with bytes of no content type');
  }
  if (/^text\/html\b/.test(contentType)) {
    throw new InvalidOutputError(
      'the service answered with an HTML page; one that makes HTML answers with it as JSON',
    );
  }
  const fileName = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1];
  return { body: Readable.fromWeb(answer.body), contentType, ...(fileName !== undefined && { fileName }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields that were given. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
