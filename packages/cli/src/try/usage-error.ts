/**
 * The call lacks something, or names something that does not exist. The message says what to write.
 */
export class UsageError extends Error {}
