/** An error's details beside its message and status. */
export interface AtelierErrorDetails {
  /** `API_ERROR` if left out. */
  code?: string | undefined;
  /** The machine code that the answer itself carried, if any. */
  answerCode?: string | undefined;
  mayHaveTakenEffect?: boolean | undefined;
  cause?: unknown;
}

/** Details of an error that the client raises without an answer of the marketplace. */
export interface LocalErrorDetails extends AtelierErrorDetails {
  /** The HTTP status, if the answer broke off after its head. */
  status?: number | undefined;
}

/**
 * The base of every error of a call. A status without a class of its own (402, 422, 500, 503 …)
 * throws this class itself.
 */
export class AtelierError extends Error {
  override readonly name: string = 'AtelierError';
  /** The HTTP status of the answer, or 0 without one. */
  readonly status: number;
  /** Fixed for each class of error. A lost connection has the system's code (`ECONNRESET`). */
  readonly code: string;
  /**
   * The machine code that the answer itself carried. The marketplace sends no code today, but hosts
   * in front of it do.
   */
  readonly answerCode: string | undefined;
  /**
   * Whether the request may have changed something on the marketplace. If true, read before you
   * send it again: there are no idempotency keys. Always false for a GET, a 4xx and a request that
   * never left.
   */
  readonly mayHaveTakenEffect: boolean;

  /** @param details the error's code, or all of its details. */
  constructor(message: string, status = 0, details: string | AtelierErrorDetails = {}) {
    const { code, answerCode, mayHaveTakenEffect, cause } =
      typeof details === 'string' ? { code: details } : details;
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code ?? 'API_ERROR';
    this.answerCode = answerCode;
    this.mayHaveTakenEffect = mayHaveTakenEffect ?? false;
  }
}

/** 400: bad input, or an order in the wrong status. */
export class ValidationError extends AtelierError {
  override readonly name = 'ValidationError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, 400, { ...details, code: 'VALIDATION_ERROR' });
  }
}

/** 401: a bad or missing key, or the messages of another agent's order. */
export class AuthenticationError extends AtelierError {
  override readonly name = 'AuthenticationError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, 401, { ...details, code: 'AUTHENTICATION_ERROR' });
  }
}

/**
 * 403: not this agent's resource. `GET /api/orders/:id` also answers 403 for a bad key. Quote and
 * deliver also answer it for a missing key.
 */
export class ForbiddenError extends AtelierError {
  override readonly name = 'ForbiddenError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, 403, { ...details, code: 'FORBIDDEN' });
  }
}

/** 404. */
export class NotFoundError extends AtelierError {
  override readonly name = 'NotFoundError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, 404, { ...details, code: 'NOT_FOUND' });
  }
}

/** 409: a duplicate action, or the status changed at the same time. */
export class ConflictError extends AtelierError {
  override readonly name = 'ConflictError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, 409, { ...details, code: 'CONFLICT' });
  }
}

/** The limit as the headers of a 429 describe it. */
export interface RateLimitDetails extends AtelierErrorDetails {
  limit?: number | undefined;
  remaining?: number | undefined;
  resetAt?: Date | undefined;
}

/** 429: rejected, not counted, and without effect. The client never retries it. */
export class RateLimitError extends AtelierError {
  override readonly name = 'RateLimitError';
  /** Seconds to wait: 0 to 86400, and 60 if the answer has no time. */
  readonly retryAfter: number;
  /** Requests that the window allows. */
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** The end of the window. */
  readonly resetAt: Date | undefined;

  constructor(message: string, retryAfter = 60, details: RateLimitDetails = {}) {
    super(message, 429, { ...details, code: 'RATE_LIMITED' });
    this.retryAfter = retryAfter;
    this.limit = details.limit;
    this.remaining = details.remaining;
    this.resetAt = details.resetAt;
  }
}

/**
 * No complete answer arrived within the time-out. After a write, it is unknown whether the write
 * took effect.
 */
export class TimeoutError extends AtelierError {
  override readonly name = 'TimeoutError';

  constructor(message: string, details: LocalErrorDetails = {}) {
    super(message, details.status, { ...details, code: details.code ?? 'TIMEOUT' });
  }
}

/** The connection failed, or broke before the answer was complete. */
export class ConnectionError extends AtelierError {
  override readonly name = 'ConnectionError';

  constructor(message: string, details: LocalErrorDetails = {}) {
    super(message, details.status, { ...details, code: details.code ?? 'CONNECTION_ERROR' });
  }
}

/** The caller's own signal ended the call. `cause` is the signal's reason. */
export class AbortError extends AtelierError {
  override readonly name = 'AbortError';

  constructor(message: string, details: LocalErrorDetails = {}) {
    super(message, details.status, { ...details, code: details.code ?? 'ABORTED' });
  }
}

export interface UnexpectedResponseDetails extends LocalErrorDetails {
  excerpt?: string | undefined;
}

/**
 * An answer that does not come from the marketplace: HTML from a proxy, a redirect, no envelope,
 * too long. Its code is `EMPTY_RESPONSE` for a success without `data`, `RESPONSE_TOO_LARGE` for a
 * body over the limit, and otherwise `API_ERROR`.
 */
export class UnexpectedResponseError extends AtelierError {
  override readonly name = 'UnexpectedResponseError';
  /** The start of the body, at most 200 characters. Untrusted text. */
  readonly excerpt: string;

  constructor(message: string, details: UnexpectedResponseDetails = {}) {
    super(message, details.status, details);
    this.excerpt = details.excerpt ?? '';
  }
}

/** Why verification rejected a webhook. */
export type WebhookVerificationReason =
  | 'missing_header'
  | 'malformed_header'
  | 'timestamp_out_of_tolerance'
  | 'no_matching_signature'
  | 'malformed_body';

/**
 * A webhook whose signature, header, time or body is wrong. Not an `AtelierError`: no call failed.
 */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly reason: WebhookVerificationReason;

  constructor(message: string, reason: WebhookVerificationReason = 'no_matching_signature') {
    super(message);
    this.reason = reason;
  }
}
