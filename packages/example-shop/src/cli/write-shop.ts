/**
 * Writes the records of the example shop into the Redis of REDIS_URL, below REDIS_KEY_PREFIX.
 * Arguments: the number of orders, and the time of the shop in ms since the epoch.
 */
import { redisKeys } from '@fulfillment/platform';
import { DEFAULT_POLICY } from '@fulfillment/shared';
import { Redis } from 'ioredis';
import { exampleShop } from '../model/index.ts';
import { writeRecords } from '../records/write-records.ts';

const [count, now] = process.argv.slice(2).map(Number);
const { REDIS_URL: url, REDIS_KEY_PREFIX: prefix } = process.env;
if (!count || !now || !url || !prefix) {
  console.error('Usage: REDIS_URL=… REDIS_KEY_PREFIX=… node write-shop.ts <orders> <time in ms>');
  process.exit(78);
}
const redis = new Redis(url);
const parts = { redis, keys: redisKeys(prefix), policy: DEFAULT_POLICY };
await writeRecords(parts, exampleShop(count, now));
await redis.quit();
