/** An order cannot be given to a handler. The message says what the operator can do. */
export class NoHandlerError extends Error {
  override readonly name = 'NoHandlerError';
}

/** A function of a handler gave an answer of a wrong form. A retry would give the same answer. */
export class InvalidAnswerError extends Error {
  override readonly name = 'InvalidAnswerError';
}

/** A handler exceeded its time limit. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/** The process of a handler ended during the handler's call, and the call caused the end. */
export class HandlerProcessError extends Error {
  override readonly name = 'HandlerProcessError';
}

/**
 * No process could be started for handlers, for example because the configuration file is broken
 * now. No handler ran, so no order is to blame.
 */
export class RunnerUnavailableError extends Error {
  override readonly name = 'RunnerUnavailableError';
}
