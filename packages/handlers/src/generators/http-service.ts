import { Webhook } from 'standardwebhooks';
import type { GenerateContext } from '../types.ts';
import { Answer } from './http-answer.ts';

export interface ServiceOptions {
  /** The URL of your service. Its answers may not lead to another origin. */
  url: string;
  /**
   * Signs the requests, as the Standard Webhooks say: `whsec_` and base64. Read it from the
   * environment.
   */
  secret: string;
  /** Sent along with each request. */
  headers?: Readonly<Record<string, string>>;
  /**
   * How long an answer may take to begin, and to go on, in seconds. Default 60, at most 290. Longer
   * work answers with 202.
   */
  requestSeconds?: number;
}

const DEFAULT_REQUEST_SECONDS = 60;
/** With a longer time, the HTTP client itself gives up. */
const LONGEST_REQUEST_SECONDS = 290;

/** The operator's service. Requests are signed, and go to its origin alone. */
export class Service {
  readonly url: URL;
  readonly #webhook: Webhook;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #requestMs: number;

  constructor({ url, secret, headers = {}, requestSeconds = DEFAULT_REQUEST_SECONDS }: ServiceOptions) {
    if (!URL.canParse(url) || !/^https?:/.test(url))
      throw new TypeError(`http needs a url, and got "${url}"`);
    if (typeof secret !== 'string' || secret === '') {
      throw new TypeError('http needs a secret: is its environment variable set?');
    }
    if (!(requestSeconds > 0 && requestSeconds <= LONGEST_REQUEST_SECONDS)) {
      throw new TypeError(
        `requestSeconds must be from 0 to ${LONGEST_REQUEST_SECONDS}: longer work answers with 202`,
      );
    }
    this.url = new URL(url);
    this.#webhook = new Webhook(secret);
    this.#headers = headers;
    this.#requestMs = requestSeconds * 1000;
  }

  /** A URL of the service, or null for a URL of another origin. */
  urlOf(text: string): URL | null {
    if (!URL.canParse(text, this.url.href)) return null;
    const url = new URL(text, this.url);
    return url.origin === this.url.origin ? url : null;
  }

  /**
   * Hands over a job.
   * @param id identifies a repeat of the job.
   */
  give(ctx: GenerateContext, id: string, body: string): Promise<Answer> {
    return this.#send(ctx, { url: this.url, id }, { method: 'POST', body });
  }

  /** Asks for the state of a job. */
  ask(ctx: GenerateContext, job: URL, id: string): Promise<Answer> {
    return this.#send(ctx, { url: job, id }, { method: 'GET' });
  }

  async #send(
    ctx: GenerateContext,
    { url, id }: { url: URL; id: string },
    request: { method: string; body?: string },
  ): Promise<Answer> {
    const now = new Date();
    const silence = new AbortController();
    const tooLong = () => silence.abort(new Error('the service took too long to answer'));
    const timer = setTimeout(tooLong, this.#requestMs);
    try {
      const response = await fetch(url, {
        ...request,
        redirect: 'manual',
        signal: AbortSignal.any([ctx.signal, silence.signal]),
        headers: {
          ...this.#headers,
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': this.#webhook.sign(id, now, request.body ?? ''),
        },
      });
      return new Answer(response, this.#requestMs, tooLong);
    } catch (error) {
      ctx.signal.throwIfAborted();
      silence.signal.throwIfAborted();
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Error(`the service at ${url.origin} cannot be reached: ${cause}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}
