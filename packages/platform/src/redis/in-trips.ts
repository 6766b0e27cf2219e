import type { ChainableCommander, Redis } from 'ioredis';

/** A larger batch would make other commands wait long for Redis. */
const COMMANDS_A_TRIP = 300;

/**
 * Sends a command for each item, some hundred at a time.
 * @param add adds the command of an item to a pipeline.
 * @returns the answers, in the order of the items.
 * @throws the first error that a command is answered with.
 */
export async function inTrips<T>(
  redis: Redis,
  items: readonly T[],
  add: (pipeline: ChainableCommander, item: T) => unknown,
): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (let first = 0; first < items.length; first += COMMANDS_A_TRIP) {
    const pipeline = redis.pipeline();
    for (const item of items.slice(first, first + COMMANDS_A_TRIP)) add(pipeline, item);
    for (const [error, answer] of (await pipeline.exec()) ?? []) {
      if (error) throw error;
      answers.push(answer);
    }
  }
  return answers;
}
