import { ConfigurationError } from '@fulfillment/shared';
import { Redis, type RedisOptions, ReplyError } from 'ioredis';
import type { Logger } from '../logger.ts';
import { HEARTBEAT, keepAlive } from './heartbeat.ts';

/**
 * Producers stand in a request's path and fail at once when Redis is away; workers wait for it as long as it takes.
 * A subscriber may not send commands, so it has a connection of its own.
 */
export type RedisRole = 'producer' | 'worker' | 'subscriber';

const LONGEST_RECONNECT_WAIT = 2000;

const ROLE_OPTIONS: Record<RedisRole, RedisOptions> = {
  producer: { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 5000 },
  worker: { maxRetriesPerRequest: null },
  subscriber: { maxRetriesPerRequest: null },
};

/**
 * Opens a connection to Redis. It reconnects by itself, also when it is open and nothing comes through any more; losing and finding
 * Redis is logged once each.
 */
export function openRedis(url: string, role: RedisRole, log: Logger, heartbeat = HEARTBEAT): Redis {
  const redis = new Redis(url, {
    ...ROLE_OPTIONS[role],
    connectionName: role,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), LONGEST_RECONNECT_WAIT),
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (away) return;
    away = true;
    log.error({ role, err: error }, 'redis is out of reach');
  });
  redis.on('ready', () => {
    if (away) log.info({ role }, 'redis is back');
    away = false;
  });
  keepAlive(redis, heartbeat, () => {
    away = true;
    log.error({ role }, 'redis says nothing on an open connection: connecting anew');
  });
  return redis;
}

/** Resolves when the connection takes commands. */
export async function untilReady(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve) => redis.once('ready', () => resolve()));
}

/**
 * Refuses a Redis that may evict keys, since an evicted record is a lost order; warns of one that keeps nothing on disk.
 * A server that does not let us ask (a managed one) is warned of only.
 * @throws ConfigurationError
 */
export async function checkRedis(redis: Redis, log: Logger): Promise<void> {
  const [memory, persistence] = await Promise.all([infoOf(redis, 'memory'), infoOf(redis, 'persistence')]);
  const policy = /maxmemory_policy:(\S+)/.exec(memory)?.[1];
  if (policy === undefined) {
    log.warn(
      'redis does not say its maxmemory-policy: make sure that it is noeviction, else orders may be lost',
    );
  } else if (policy !== 'noeviction') {
    throw new ConfigurationError(
      `Redis has maxmemory-policy "${policy}" and may throw orders away. Set it to noeviction: redis-cli config set maxmemory-policy noeviction`,
    );
  }
  if (/aof_enabled:0/.test(persistence)) {
    log.warn(
      'redis keeps no append-only file: a crash of Redis may lose what happened since its last snapshot. Set appendonly yes',
    );
  }
}

/** Empty when the server does not let us ask. */
async function infoOf(redis: Redis, section: string): Promise<string> {
  return redis.info(section).catch((error: unknown) => {
    if (error instanceof ReplyError) return '';
    throw error;
  });
}
