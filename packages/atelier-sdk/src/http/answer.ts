import {
  AtelierError,
  AuthenticationError,
  ConflictError,
  ForbiddenError,
  NotFoundError,
  RateLimitError,
  UnexpectedResponseError,
  ValidationError,
} from '../errors.ts';
import type { FetchAnswer } from './fetch.ts';
import { rateLimitDetails } from './rate-limit.ts';
import { cleanText } from './redact.ts';

/** The longest excerpt of a body in an error, in UTF-16 units. */
const MAX_EXCERPT = 200;

/** The required form of `data`, so that the call's result matches its type. */
export type DataShape = 'object' | 'array';

/** A complete answer, with the details of its call. */
export interface Answer {
  /** Such as `GET /api/agents/me`, for messages. */
  call: string;
  write: boolean;
  status: number;
  statusText: string;
  headers: FetchAnswer['headers'];
  text: string;
  apiKey: string | undefined;
}

const ERROR_BY_STATUS = {
  400: ValidationError,
  401: AuthenticationError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
} as const;

type JsonObject = Record<string, unknown>;

/**
 * Returns the `data` of a successful envelope. Throws the typed error of any other answer.
 * @param bare accepts an object without an envelope as data, too.
 */
export function unwrap(answer: Answer, shape: DataShape | undefined, bare = false): unknown {
  const body = parseJson(answer.text);
  // A 429 is a rate limit from any host. Its headers carry everything that matters.
  if (answer.status === 429) throw statusError(answer, body);
  if (answer.status >= 400) {
    if (isObject(body) || answer.text.trim() === '') throw statusError(answer, body);
    throw unexpected(answer, 'no JSON');
  }
  if (answer.status < 200 || answer.status >= 300) throw unexpected(answer, 'a redirect');
  if (answer.text.trim() === '') throw unexpected(answer, 'an empty body', 'EMPTY_RESPONSE');
  if (!isObject(body)) throw unexpected(answer, 'no JSON object');
  if (bare && !('success' in body)) return body;
  if (body.success === false) throw contradiction(answer, body);
  if (body.success !== true) throw unexpected(answer, 'no envelope');
  if (!hasData(answer, body)) throw unexpected(answer, 'an envelope without data', 'EMPTY_RESPONSE');
  if (!hasShape(body.data, shape)) throw unexpected(answer, `data that is not an ${shape}`);
  return body.data;
}

/**
 * Whether a request answered with this status may have changed something. Status 0: the answer did
 * not begin.
 */
export function mayHaveTakenEffect(write: boolean, status: number): boolean {
  return write && !(status >= 400 && status < 500);
}

/** The error for an answer that does not come from the marketplace. */
export function unexpected(answer: Answer, what: string, code?: string): UnexpectedResponseError {
  const excerpt = cleanText(answer.text, answer.apiKey, MAX_EXCERPT);
  const message = `${answer.call} answered ${answer.status} with ${what}${excerpt && `: ${excerpt}`}`;
  return new UnexpectedResponseError(message, {
    ...baseDetails(answer),
    status: answer.status,
    code,
    excerpt,
  });
}

function statusError(answer: Answer, body: unknown): AtelierError {
  const message = errorText(body, answer.apiKey) || cleanText(answer.statusText, answer.apiKey);
  const text = message || `HTTP ${answer.status}`;
  const details = detailsOf(answer, body);
  if (answer.status === 429) {
    const { retryAfter, ...limit } = rateLimitDetails(answer.headers, Date.now());
    return new RateLimitError(text, retryAfter, { ...details, ...limit });
  }
  if (isKnownStatus(answer.status)) return new ERROR_BY_STATUS[answer.status](text, details);
  return new AtelierError(text, answer.status, details);
}

/** A failure in a 2xx contradicts itself. A write with such an answer may have taken effect. */
function contradiction(answer: Answer, body: JsonObject): AtelierError {
  const text = errorText(body, answer.apiKey) || `${answer.call} answered success: false`;
  return new AtelierError(text, answer.status, detailsOf(answer, body));
}

function detailsOf(answer: Answer, body: unknown) {
  return { ...baseDetails(answer), answerCode: errorCode(body, answer.apiKey) };
}

function baseDetails(answer: Answer) {
  return { mayHaveTakenEffect: mayHaveTakenEffect(answer.write, answer.status) };
}

/**
 * The text of `error`: a string, or, from the host in front of the marketplace, an object with a
 * message.
 */
function errorText(body: unknown, apiKey: string | undefined): string {
  const error = isObject(body) ? body.error : undefined;
  const text = isObject(error) ? error.message : error;
  return typeof text === 'string' ? cleanText(text, apiKey) : '';
}

function errorCode(body: unknown, apiKey: string | undefined): string | undefined {
  if (!isObject(body)) return undefined;
  const code = isObject(body.error) ? body.error.code : body.code;
  return typeof code === 'string' && code !== '' ? cleanText(code, apiKey, 100) : undefined;
}

/** Every success carries `data`, except for a DELETE, which may have nothing to return. */
function hasData(answer: Answer, body: JsonObject): boolean {
  return 'data' in body || answer.call.startsWith('DELETE ');
}

function hasShape(data: unknown, shape: DataShape | undefined): boolean {
  if (shape === undefined) return true;
  return shape === 'array' ? Array.isArray(data) : isObject(data);
}

function isKnownStatus(status: number): status is keyof typeof ERROR_BY_STATUS {
  return Object.hasOwn(ERROR_BY_STATUS, status);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value is a JSON object, and neither an array nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
