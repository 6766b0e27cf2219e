import { acquireChromium } from './browser.ts';
import { acquireRedis } from './redis.ts';

/** Before Vitest runs: REDIS_URL and CHROMIUM_PATH for all tests. What was started is ended after them. */
export async function setup(): Promise<() => Promise<void>> {
  const log = (line: string) => console.log(line);
  process.env.CHROMIUM_PATH = await acquireChromium({ log });
  const redis = await acquireRedis({ log });
  process.env.REDIS_URL = redis.url;
  return redis.close;
}
