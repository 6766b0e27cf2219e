import { inspect } from 'node:util';
import { DiskError, InvalidOutputError, PermanentError } from '@fulfillment/artifacts';
import { RetryLaterError } from '@fulfillment/handlers';
import { cutText, PriceError } from '@fulfillment/shared';
import { InvalidAnswerError, NoHandlerError } from '../errors.ts';

/** An error as plain data, which crosses between processes. */
export interface ErrorData {
  name: string;
  message: string;
  stack?: string | undefined;
  code?: string | undefined;
  /** Of a `RetryLaterError`. */
  seconds?: number | undefined;
  cause?: ErrorData | undefined;
  /** The first errors of an AggregateError. */
  errors?: ErrorData[] | undefined;
}

/** In UTF-16 units. A handler may throw an error with a message of megabytes. */
const LONGEST_TEXT = 20_000;
const DEEPEST = 5;
const MOST_ERRORS = 3;

/**
 * The error classes whose type decides what happens to the order. All other classes arrive as
 * `Error` with their name.
 */
const REVIVERS: Readonly<Record<string, (data: ErrorData, options: ErrorOptions) => Error>> = {
  PermanentError: ({ message }, options) => new PermanentError(message, options),
  InvalidOutputError: ({ message }, options) => new InvalidOutputError(message, options),
  InvalidAnswerError: ({ message }, options) => new InvalidAnswerError(message, options),
  RetryLaterError: ({ seconds, message }, options) =>
    new RetryLaterError(seconds ?? Number.NaN, message, options),
  DiskError: ({ message }, { cause }) => new DiskError(cause ?? new Error(message)),
  NoHandlerError: ({ message }, options) => new NoHandlerError(message, options),
  PriceError: ({ message }, options) => new PriceError(message, options),
};

/**
 * An error as data. Never throws: a handler can throw any value, even an object whose getters
 * throw.
 */
export function toErrorData(thrown: unknown): ErrorData {
  try {
    return dataOf(thrown, 1);
  } catch {
    return { name: 'Error', message: `a value of type ${typeof thrown} that cannot be read` };
  }
}

function dataOf(thrown: unknown, depth: number): ErrorData {
  if (!(thrown instanceof Error)) {
    return { name: 'Error', message: cut(typeof thrown === 'string' ? thrown : inspect(thrown)) };
  }
  const { name, message, stack, cause } = thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? cut(thrown.code) : undefined;
  const isDeepest = depth >= DEEPEST;
  return {
    name: cut(String(name)),
    message: cut(String(message)),
    stack: typeof stack === 'string' ? cut(stack) : undefined,
    code,
    seconds: thrown instanceof RetryLaterError ? thrown.seconds : undefined,
    cause: cause === undefined || isDeepest ? undefined : dataOf(cause, depth + 1),
    errors:
      thrown instanceof AggregateError && !isDeepest
        ? thrown.errors.slice(0, MOST_ERRORS).map((error) => dataOf(error, depth + 1))
        : undefined,
  };
}

/** The error that `toErrorData` described, with its class if the class matters to an order. */
export function toError(data: ErrorData): Error {
  const { name, message, stack, code, cause, errors } = data;
  const options = cause === undefined ? {} : { cause: toError(cause) };
  const error =
    REVIVERS[name]?.(data, options) ??
    (errors === undefined
      ? new Error(message, options)
      : new AggregateError(errors.map(toError), message, options));
  const define = (key: string, value: string) =>
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  if (error.name !== name) define('name', name);
  if (stack !== undefined) define('stack', stack);
  if (code !== undefined) define('code', code);
  return error;
}

function cut(text: string): string {
  return cutText(text, LONGEST_TEXT);
}
