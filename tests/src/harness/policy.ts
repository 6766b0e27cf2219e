/** How long the product waits before it repeats an overwritten delivery, in seconds: a minute by default, shorter in these tests. */
export const OVERWRITTEN_AFTER_SECONDS = 4;
