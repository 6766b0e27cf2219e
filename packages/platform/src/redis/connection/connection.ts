import { type Backoff, backoffWait, ConfigurationError } from '@fulfillment/shared';
import type { Redis, RedisOptions } from 'ioredis';
import { describeError } from '../../telemetry/failures.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { isDatabaseRefusal, redisAddress, redisAdvice, redisCause } from '../errors.ts';
import { HEARTBEAT, type Heartbeat, keepAlive, watchHandshake } from './heartbeat.ts';
import { WatchedRedis } from './watched-redis.ts';

/**
 * A request waits for its producer, so producers fail at once while Redis is away. Workers wait for
 * Redis without a limit. A subscriber may not send commands, so it has its own connection.
 */
export type RedisRole = 'producer' | 'worker' | 'subscriber';

const RECONNECT_MS: Backoff = { first: 100, longest: 2000 };
const CONNECT_TIMEOUT_MS = 5000;
/** How often a process that waits for Redis logs the wait, in ms. */
const WAITING_LOG_MS = 10_000;

const ROLE_OPTIONS: Record<RedisRole, RedisOptions> = {
  producer: { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 5000 },
  worker: { maxRetriesPerRequest: null },
  subscriber: { maxRetriesPerRequest: null },
};

/**
 * Opens a connection to Redis. The connection reconnects when it breaks, is silent, or does not
 * complete its handshake. It also reconnects when its server has become a replica: the address may
 * lead to the new primary by then. Each loss and each return is logged once.
 */
export function openRedis(
  url: string,
  role: RedisRole,
  { log, heartbeat = HEARTBEAT }: { log: Logger; heartbeat?: Heartbeat },
): Redis {
  const redis = new WatchedRedis(url, {
    ...ROLE_OPTIONS[role],
    connectionName: role,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => backoffWait(RECONNECT_MS, times - 1),
    reconnectOnError: (error) => redisCause(error) === 'read-only',
  });
  redis.heartbeat = heartbeat;
  const address = redisAddress(url);
  let away = false;
  redis.on('error', (error: Error) => {
    // Without a reconnect, ioredis would go on with database 0.
    if (isDatabaseRefusal(error)) redis.disconnect(true);
    if (away) return;
    away = true;
    const advice = adviceOf(error);
    log.error({ role, address, err: error, ...(advice && { advice }) }, 'redis is out of reach');
  });
  redis.on('ready', () => {
    if (away) log.info({ role }, 'redis is back');
    away = false;
  });
  const lost = (what: string) => () => {
    away = true;
    log.error({ role, address }, `redis says nothing ${what}: connecting again`);
  };
  keepAlive(redis, heartbeat, lost('on an open connection'));
  watchHandshake(redis, heartbeat, lost('during the handshake of a connection'));
  return redis;
}

function adviceOf(error: Error): string | null {
  if (isDatabaseRefusal(error)) return DATABASE_ADVICE;
  const cause = redisCause(error);
  return cause === null ? null : redisAdvice(cause);
}

const DATABASE_ADVICE =
  'Set a database number in REDIS_URL that this Redis has, and that its user may select';

/** Resolves when the connection takes commands. */
export async function untilReady(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve) => redis.once('ready', () => resolve()));
}

/**
 * Waits until Redis takes commands, and regularly logs what it waits for.
 * @param signal ends the wait. Nobody awaits the result after that.
 * @throws ConfigurationError when the password or the database of REDIS_URL is wrong: waiting would
 * not help.
 */
export async function untilUsable(
  redis: Redis,
  url: string,
  { log, signal, everyMs = WAITING_LOG_MS }: { log: Logger; signal: AbortSignal; everyMs?: number },
): Promise<void> {
  const address = redisAddress(url);
  const since = performance.now();
  let reason = 'no answer to the handshake yet';
  let fail: (error: Error) => void = () => undefined;
  const refused = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const onError = (error: Error): void => {
    reason = describeError(error) || 'it cannot be reached';
    const refusal = refusalOf(error, address);
    if (refusal !== null) fail(refusal);
  };
  redis.on('error', onError);
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - since) / 1000);
    log.error({ address, reason, seconds }, 'waiting for Redis: start it, or correct REDIS_URL');
  }, everyMs);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  try {
    await Promise.race([untilReady(redis), refused]);
  } finally {
    clearInterval(timer);
    redis.off('error', onError);
  }
}

function refusalOf(error: Error, address: string): ConfigurationError | null {
  const why = `${address} answers "${describeError(error)}"`;
  if (isDatabaseRefusal(error))
    return new ConfigurationError(`Redis refuses its database: ${why}. ${DATABASE_ADVICE}.`);
  if (redisCause(error) !== 'password') return null;
  return new ConfigurationError(`Redis refuses the password: ${why}. ${redisAdvice('password')}.`);
}
