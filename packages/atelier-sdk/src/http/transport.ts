import { AtelierError, ConnectionError, TimeoutError } from '../errors.ts';
import type { RequestOptions } from '../inputs.ts';
import { type Answer, type DataShape, unexpected, unwrap } from './answer.ts';
import { readBody } from './body.ts';
import { Deadline, pause } from './deadline.ts';
import { failure, type Progress } from './failure.ts';
import type { Fetch, FetchInit } from './fetch.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One call as a resource describes it. */
export interface Call {
  /** Sent as JSON, or as multipart when it is a form. */
  body?: unknown;
  /** Checked against `data` before it is returned. */
  shape?: DataShape;
  options?: RequestOptions | undefined;
  /**
   * Replaces the marketplace's own address. Goes with `token`: no other host may see the API key.
   */
  url?: string;
  /** Replaces the API key. */
  token?: string;
  /** Added to the usual headers. */
  headers?: Record<string, string>;
  /** The answer may come without the marketplace's envelope. */
  bare?: boolean;
}

/** One request on its way. */
interface Exchange {
  method: Method;
  path: string;
  call: Call;
  apiKey: string | undefined;
  deadline: Deadline;
  progress: Progress;
}

/** Caches on the way must ask the marketplace itself. */
const UNCACHED = { 'cache-control': 'no-cache', pragma: 'no-cache' };

export interface TransportConfig {
  apiKey: string | undefined;
  /** Without a slash at its end. */
  baseUrl: string;
  timeout: number;
  fetch: Fetch;
  maxRetries: number;
  retryDelay: number;
  maxResponseBytes: number;
}

const RETRIED_STATUSES = new Set([502, 503, 504]);
const MAX_RETRY_DELAY_MS = 5_000;

/** Sends calls and turns answers into data or typed errors. It alone holds the API key. */
export class Transport {
  readonly #config: TransportConfig;
  #apiKey: string | undefined;

  constructor(config: TransportConfig) {
    this.#config = config;
    this.#apiKey = config.apiKey;
  }

  /** Uses another key from the next call on. */
  setApiKey(apiKey: string | undefined): void {
    this.#apiKey = apiKey;
  }

  /** Reads `path`. Retries transient failures, since a second read does no harm. */
  async get<T>(path: string, call: Call = {}): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#send<T>('GET', path, call);
      } catch (error) {
        if (attempt >= this.#config.maxRetries || !isTransient(error)) throw error;
        await pause(backoff(this.#config.retryDelay, attempt), call.options?.signal);
      }
    }
  }

  /** Sends a write once. Only the caller knows whether a second attempt is harmless. */
  write<T>(method: Exclude<Method, 'GET'>, path: string, call: Call = {}): Promise<T> {
    return this.#send<T>(method, path, call);
  }

  async #send<T>(method: Method, path: string, call: Call): Promise<T> {
    const timeout = checkTimeout(call.options?.timeout ?? this.#config.timeout);
    const apiKey = call.token ?? this.#apiKey;
    const deadline = new Deadline(timeout, call.options?.signal);
    const progress: Progress = { call: `${method} ${path}`, write: method !== 'GET', status: 0, sent: false };
    try {
      const answer = await this.#exchange({ method, path, call, apiKey, deadline, progress });
      return unwrap(answer, call.shape, call.bare) as T;
    } catch (error) {
      // An error before the request was sent comes from the caller, such as a body that JSON cannot
      // hold.
      if (error instanceof AtelierError || !(progress.sent || deadline.endedBy)) throw error;
      throw failure(error, progress, { deadline, timeout, apiKey, reason: call.options?.signal?.reason });
    } finally {
      deadline.clear();
    }
  }

  async #exchange({ method, path, call, apiKey, deadline, progress }: Exchange): Promise<Answer> {
    const { fetch, baseUrl, maxResponseBytes } = this.#config;
    const init = requestInit(method, call.body, { apiKey, signal: deadline.signal });
    if (call.headers) init.headers = { ...init.headers, ...call.headers };
    const isFresh = method === 'GET' && call.options?.fresh === true;
    if (isFresh) init.headers = { ...init.headers, ...UNCACHED };
    deadline.signal.throwIfAborted();
    progress.sent = true;
    const response = await deadline.race(fetch(call.url ?? baseUrl + (isFresh ? unique(path) : path), init));
    progress.status = response.status;
    const read = readBody(response.body, deadline, maxResponseBytes);
    // The headers of a 429 suffice, even if its body breaks off.
    const { text, tooLong } = await (response.status === 429 ? read.catch(orNothing(deadline)) : read);
    const { status, statusText, headers } = response;
    const answer = { call: progress.call, write: progress.write, status, statusText, headers, text, apiKey };
    if (tooLong) throw unexpected(answer, `more than ${maxResponseBytes} bytes`, 'RESPONSE_TOO_LARGE');
    return answer;
  }
}

function requestInit(
  method: Method,
  body: unknown,
  { apiKey, signal }: { apiKey: string | undefined; signal: AbortSignal },
): FetchInit {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (apiKey !== undefined) headers.authorization = `Bearer ${apiKey}`;
  // A redirect is returned as an unexpected answer.
  const init: FetchInit = { method, headers, signal, redirect: 'manual' };
  if (body === undefined) return init;
  if (isForm(body)) return { ...init, body };
  // The content type of a file that is sent unchanged comes from the file.
  if (body instanceof Blob) return { ...init, headers: { ...headers, 'content-type': body.type }, body };
  headers['content-type'] = 'application/json';
  return { ...init, body: JSON.stringify(body) };
}

/** To name the class would load the global `fetch` with all that it needs. */
function isForm(body: unknown): body is FormData {
  return Object.prototype.toString.call(body) === '[object FormData]';
}

/** A path for which no cache has an answer. */
function unique(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}_=${globalThis.crypto.randomUUID()}`;
}

function orNothing(deadline: Deadline): (error: unknown) => { text: string; tooLong: boolean } {
  return (error) => {
    if (deadline.endedBy === 'caller') throw error;
    return { text: '', tooLong: false };
  };
}

function isTransient(error: unknown): boolean {
  if (error instanceof TimeoutError || error instanceof ConnectionError) return true;
  return error instanceof AtelierError && RETRIED_STATUSES.has(error.status);
}

/**
 * The wait before a retry, in milliseconds. It is a random value between half of a ceiling and all
 * of it. The ceiling doubles with each attempt.
 */
function backoff(base: number, attempt: number): number {
  const ceiling = Math.min(base * 2 ** attempt, MAX_RETRY_DELAY_MS);
  return ceiling * (0.5 + Math.random() / 2);
}

/** Rejects a time-out that is not a positive number of milliseconds. */
export function checkTimeout(timeout: number): number {
  if (!(timeout > 0)) throw new TypeError('timeout must be a positive number of milliseconds');
  return timeout;
}
