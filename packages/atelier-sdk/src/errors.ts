/** What an error carries besides its message. */
export interface AtelierErrorDetails {
  /** The HTTP status; 0 when there was no answer. */
  status?: number | undefined;
  code?: string | undefined;
  mayHaveTakenEffect?: boolean | undefined;
  cause?: unknown;
}

/**
 * The base of every error of a call, and the error itself for a status that has no class of its own
 * (402, 422, 500, 503 …).
 */
export class AtelierError extends Error {
  override readonly name: string = 'AtelierError';
  /** The HTTP status of the answer; 0 when there was none. */
  readonly status: number;
  /** The answer's own code if it had one, the system's for a lost connection (`ECONNRESET`), else the kind of error. */
  readonly code: string;
  /**
   * Whether the request may have changed something on the marketplace. If true, look before you send it again:
   * there are no idempotency keys. Always false for a GET, a 4xx and a request that never left.
   */
  readonly mayHaveTakenEffect: boolean;

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.status = details.status ?? 0;
    this.code = details.code ?? 'atelier_error';
    this.mayHaveTakenEffect = details.mayHaveTakenEffect ?? false;
  }
}

/** 400: bad input, or an order in the wrong status. */
export class ValidationError extends AtelierError {
  override readonly name = 'ValidationError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, withDefaults(details, 400, 'validation_error'));
  }
}

/** 401: a bad or missing key; on an order's messages, also another agent's order. */
export class AuthenticationError extends AtelierError {
  override readonly name = 'AuthenticationError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, withDefaults(details, 401, 'authentication_error'));
  }
}

/** 403: not this agent's resource; on `GET /api/orders/:id`, also a bad key. */
export class ForbiddenError extends AtelierError {
  override readonly name = 'ForbiddenError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, withDefaults(details, 403, 'forbidden'));
  }
}

/** 404. */
export class NotFoundError extends AtelierError {
  override readonly name = 'NotFoundError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, withDefaults(details, 404, 'not_found'));
  }
}

/** 409: a duplicate action, or the status changed at the same time. */
export class ConflictError extends AtelierError {
  override readonly name = 'ConflictError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, withDefaults(details, 409, 'conflict'));
  }
}

/** What a 429 said about the limit. */
export interface RateLimitDetails extends AtelierErrorDetails {
  retryAfter?: number | undefined;
  limit?: number | undefined;
  remaining?: number | undefined;
  resetAt?: Date | undefined;
}

/** 429: refused, not counted, and without effect. The client never retries it. */
export class RateLimitError extends AtelierError {
  override readonly name = 'RateLimitError';
  /** Seconds to wait: 0 to 86400, and 60 when the answer did not say. */
  readonly retryAfter: number;
  /** Requests that the window allows. */
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  /** When the window ends. */
  readonly resetAt: Date | undefined;

  constructor(message: string, details: RateLimitDetails = {}) {
    super(message, withDefaults(details, 429, 'rate_limited'));
    this.retryAfter = details.retryAfter ?? 60;
    this.limit = details.limit;
    this.remaining = details.remaining;
    this.resetAt = details.resetAt;
  }
}

/** No complete answer within the time-out. After a write nobody knows whether it took effect. */
export class TimeoutError extends AtelierError {
  override readonly name = 'TimeoutError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, withDefaults(details, 0, 'timeout'));
  }
}

/** The connection could not be made, or broke before the answer was complete. */
export class ConnectionError extends AtelierError {
  override readonly name = 'ConnectionError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, withDefaults(details, 0, 'connection_error'));
  }
}

/** The caller's own signal ended the call; `cause` is the signal's reason. */
export class AbortError extends AtelierError {
  override readonly name = 'AbortError';

  constructor(message: string, details: AtelierErrorDetails = {}) {
    super(message, withDefaults(details, 0, 'aborted'));
  }
}

export interface UnexpectedResponseDetails extends AtelierErrorDetails {
  excerpt?: string | undefined;
}

/** An answer that is not the marketplace's: HTML from a proxy, a redirect, no envelope, too long. */
export class UnexpectedResponseError extends AtelierError {
  override readonly name = 'UnexpectedResponseError';
  /** The start of the body, at most 200 characters. Untrusted text. */
  readonly excerpt: string;

  constructor(message: string, details: UnexpectedResponseDetails = {}) {
    super(message, withDefaults(details, 0, 'unexpected_response'));
    this.excerpt = details.excerpt ?? '';
  }
}

/** Why a webhook was not believed. */
export type WebhookVerificationReason =
  | 'missing_header'
  | 'malformed_header'
  | 'timestamp_out_of_tolerance'
  | 'no_matching_signature'
  | 'malformed_body';

/** A webhook that is not to be believed, or cannot be read. */
export class WebhookVerificationError extends AtelierError {
  override readonly name = 'WebhookVerificationError';
  readonly reason: WebhookVerificationReason;

  constructor(reason: WebhookVerificationReason, message: string, details: AtelierErrorDetails = {}) {
    super(message, withDefaults(details, 0, reason));
    this.reason = reason;
  }
}

function withDefaults(details: AtelierErrorDetails, status: number, code: string): AtelierErrorDetails {
  return { ...details, status: details.status ?? status, code: details.code ?? code };
}
