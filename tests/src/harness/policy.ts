/**
 * The product's wait before it repeats an overwritten delivery, in seconds: a minute by default,
 * shorter in these tests.
 */
export const OVERWRITTEN_AFTER_SECONDS = 4;
