/** A retry cannot help, so a human is asked at once. Handlers and stores throw it. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** A handler's output cannot be delivered. */
export class InvalidOutputError extends Error {
  override readonly name = 'InvalidOutputError';
}

/** The disk of one of our folders rejected a file, because the disk is full or not writable. */
export class DiskError extends Error {
  override readonly name = 'DiskError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
