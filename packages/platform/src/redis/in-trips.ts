import { type ChainableCommander, type Redis, ReplyError } from 'ioredis';

/** A larger batch would make other commands wait long for Redis. */
const COMMANDS_A_TRIP = 300;

type Add<T> = (pipeline: ChainableCommander, item: T) => unknown;

/**
 * Sends a command for each item, some hundred at a time.
 * @param add adds the command of an item to a pipeline.
 * @returns the answers, in the order of the items.
 * @throws the first error that a command is answered with.
 */
export async function inTrips<T>(redis: Redis, items: readonly T[], add: Add<T>): Promise<unknown[]> {
  const answers = await answersInTrips(redis, items, add);
  const error = answers.find((answer) => answer instanceof Error);
  if (error !== undefined) throw error;
  return answers;
}

/**
 * As `inTrips`, but a command that Redis answers with an error stops no other command.
 * @returns the answers, each of which may be an Error.
 * @throws when Redis cannot be reached.
 */
export async function answersInTrips<T>(redis: Redis, items: readonly T[], add: Add<T>): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (let first = 0; first < items.length; first += COMMANDS_A_TRIP) {
    const pipeline = redis.pipeline();
    for (const item of items.slice(first, first + COMMANDS_A_TRIP)) add(pipeline, item);
    for (const [error, answer] of (await pipeline.exec()) ?? []) {
      if (error !== null && !(error instanceof ReplyError)) throw error;
      answers.push(error ?? answer);
    }
  }
  return answers;
}
