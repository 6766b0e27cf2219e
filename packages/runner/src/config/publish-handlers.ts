import { withoutSecrets } from '@fulfillment/shared';
import { type HandlerMatch, writeMatches } from './match-data.ts';

interface Publisher {
  redis: { set(key: string, value: string): Promise<unknown> };
  keys: { handlers: string };
  log: { warn(fields: object, message: string): void };
}

/**
 * Publishes the handlers for the ingestors, which check that the handlers cover the services. If
 * Redis does not take them now, the app goes on: each start and each reload publishes again.
 */
export async function publishHandlers(
  { redis, keys, log }: Publisher,
  handlers: readonly HandlerMatch[],
): Promise<void> {
  try {
    await redis.set(keys.handlers, writeMatches(handlers));
  } catch (error) {
    const reason = withoutSecrets(error instanceof Error ? error.message : String(error));
    log.warn({ reason }, 'cannot publish the handlers');
  }
}
