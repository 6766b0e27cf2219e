/** Throw it from a handler when trying again cannot help: a human is asked at once. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** What a handler gave cannot be delivered. */
export class InvalidOutputError extends Error {
  override readonly name = 'InvalidOutputError';
}

/** The disk of a folder of ours did not take a file: it is full, or not to be written to. */
export class DiskError extends Error {
  override readonly name = 'DiskError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
