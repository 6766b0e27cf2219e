import type { Redis } from 'ioredis';
import type { Logger } from '../../telemetry/logger.ts';
import { checkRedis } from '../check/start-check.ts';
import { redisAddress } from '../errors.ts';
import type { RedisKeys } from '../keys.ts';
import { RedisMonitor } from '../monitor/monitor.ts';
import { openRedis, type RedisRole, untilUsable } from './connection.ts';

/** All connections of a process to Redis. */
export interface RedisAccess {
  /** Commands wait while Redis is away. */
  redis: Redis;
  /** Every connection of the process, each with its own state. */
  connections: readonly Redis[];
  monitor: RedisMonitor;
  /** Opens a separate connection, closed with the rest. */
  open(role: RedisRole): Redis;
  close(): void;
}

/**
 * Connects to Redis, without a limit on the wait, and checks that the product can run on it.
 * @throws ConfigurationError when the product cannot run on it.
 */
export async function connectRedis(
  { url, prefix, keys, log }: { url: string; prefix: string; keys: RedisKeys; log: Logger },
  signal: AbortSignal,
): Promise<RedisAccess> {
  const connections: Redis[] = [];
  let hidesInfo = false;
  const open = (role: RedisRole): Redis => {
    const connection = openRedis(url, role, { log });
    if (hidesInfo) askNoVersion(connection);
    connections.push(connection);
    return connection;
  };
  const redis = open('worker');
  await untilUsable(redis, url, { log, signal });
  ({ hidesInfo } = await checkRedis(redis, { url, prefix, log }));
  if (hidesInfo) askNoVersion(redis);
  // Idle connections meet no error, and would read from the replica without end.
  const onDemoted = (): void => {
    for (const connection of connections) if (connection.status === 'ready') connection.disconnect(true);
  };
  const monitor = new RedisMonitor({ redis, keys, address: redisAddress(url), log, onDemoted });
  monitor.start();
  return {
    redis,
    connections,
    monitor,
    open,
    close() {
      monitor.stop();
      for (const connection of connections) connection.disconnect();
    },
  };
}

/**
 * By default BullMQ and ioredis run INFO on every connection. BullMQ fails for good when INFO is
 * forbidden.
 */
function askNoVersion(connection: Redis): void {
  Object.assign(connection.options, { skipVersionCheck: true, enableReadyCheck: false });
}
