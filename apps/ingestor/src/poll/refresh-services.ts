import { describeError, type Runtime } from '@fulfillment/platform';

/**
 * How often an agent's services are read, because an operator may have changed them. An unknown
 * service is read at once.
 */
const SERVICES_EVERY_MS = 15 * 60_000;

/** Reads an agent's services again when the last read is old. A failed read stops no poll. */
export async function refreshServices(
  { redis, keys, services, log }: Runtime,
  agentId: string,
): Promise<void> {
  const key = keys.polling(agentId);
  const readAt = Number((await redis.hget(key, 'servicesReadAt')) ?? 0);
  if (Date.now() - readAt < SERVICES_EVERY_MS) return;
  try {
    await services.refresh(agentId);
    await redis.hset(key, 'servicesReadAt', Date.now());
  } catch (error) {
    log.warn(
      { agentId, reason: describeError(error) },
      'the services cannot be read: orders of a new service wait for them',
    );
  }
}
