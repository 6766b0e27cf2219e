import { AbortError, type AtelierError, ConnectionError, TimeoutError } from '../errors.ts';
import { mayHaveTakenEffect } from './answer.ts';
import { neverLeft, systemCode } from './connection.ts';
import type { Deadline } from './deadline.ts';
import { safeCause } from './redact.ts';

/** The progress of a call before it failed. */
export interface Progress {
  /** Such as `GET /api/agents/me`, for messages. */
  readonly call: string;
  readonly write: boolean;
  /** 0 until the head of the answer has arrived. */
  status: number;
  sent: boolean;
}

interface Circumstances {
  deadline: Deadline;
  /** Milliseconds. */
  timeout: number;
  apiKey: string | undefined;
  /** The caller's reason for giving up, if the caller did. */
  reason: unknown;
}

/** The typed error of a call that ended without a complete answer. */
export function failure(
  error: unknown,
  { call, write, status, sent }: Progress,
  { deadline, timeout, apiKey, reason }: Circumstances,
): AtelierError {
  const effect = sent && mayHaveTakenEffect(write, status);
  const details = { status, mayHaveTakenEffect: effect };
  if (deadline.endedBy === 'caller') {
    return new AbortError(`${call} was aborted by its caller`, { ...details, cause: reason });
  }
  const cause = safeCause(error, apiKey);
  if (deadline.endedBy === 'timeout') {
    return new TimeoutError(`${call} had no complete answer within ${timeout} ms`, { ...details, cause });
  }
  const code = systemCode(cause);
  return new ConnectionError(`${call} failed: ${code ?? cause.message}`, {
    ...details,
    code,
    mayHaveTakenEffect: effect && !neverLeft(error),
    cause,
  });
}
