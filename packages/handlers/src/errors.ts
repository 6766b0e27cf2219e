/** Throw it from a handler when trying again cannot help: a human is asked at once. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** What a handler gave cannot be delivered. */
export class InvalidOutputError extends Error {
  override readonly name = 'InvalidOutputError';
}
