import {
  createLogger,
  openRedis,
  Queues,
  type RecordReader,
  RecordStore,
  type RedisKeys,
  recordReader,
  redisKeys,
  untilReady,
} from '@fulfillment/platform';
import type { Redis } from 'ioredis';

/** The product's data in Redis, seen from outside. */
export interface RedisView {
  redis: Redis;
  keys: RedisKeys;
  store: RecordStore;
  /** The records as the ledger's projector reads them. */
  reader: RecordReader;
  queues: Queues;
  /** Memory that Redis uses, in bytes. */
  usedMemory(): Promise<number>;
  /** All data, as one text. */
  everything(): Promise<string>;
  /** Removes everything from Redis. Only for the test's own Redis. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

export async function openRedisView(url: string, prefix: string): Promise<RedisView> {
  const quiet = createLogger('tests', 'fatal');
  const redis = openRedis(url, 'worker', { log: quiet });
  await untilReady(redis);
  const keys = redisKeys(prefix);
  const queues = new Queues(redis, keys.bull, quiet);
  return {
    redis,
    keys,
    store: new RecordStore(redis, keys),
    reader: recordReader(redis, keys),
    queues,
    usedMemory: async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]),
    everything: () => dump(redis, prefix),
    empty: async () => void (await redis.flushall()),
    async close() {
      await queues.close();
      redis.disconnect();
    },
  };
}

/** Every key of ours with its value. */
async function dump(redis: ReturnType<typeof openRedis>, prefix: string): Promise<string> {
  const keys = await redis.keys(`${prefix}:*`);
  const values = await Promise.all(
    keys.map(async (key) => {
      switch (await redis.type(key)) {
        case 'hash':
          return redis.hgetall(key);
        case 'list':
          return redis.lrange(key, 0, -1);
        case 'set':
          return redis.smembers(key);
        case 'zset':
          return redis.zrange(key, 0, -1);
        case 'stream':
          return redis.xrange(key, '-', '+');
        default:
          return redis.get(key);
      }
    }),
  );
  return JSON.stringify([keys, values]);
}
