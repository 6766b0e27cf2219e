import { afterAll, expect, test } from 'vitest';
import { openScratch } from '../test-support/scratch.ts';
import { ScrapeLease } from './scrape-lease.ts';

const scratch = await openScratch();
const { redis, keys } = scratch;
afterAll(() => scratch[Symbol.asyncDispose]());

test('of all scraped processes the same one exports at each scrape, until it stops', async () => {
  const key = keys.scrape('fleet');
  const [first, second] = [new ScrapeLease(redis, key), new ScrapeLease(redis, key)];
  expect(await first.hold()).toBe(true);
  expect(await second.hold()).toBe(false);
  expect(await first.hold()).toBe(true);
  expect(await redis.pttl(key)).toBeGreaterThan(120_000);
  await second.release();
  expect(await new ScrapeLease(redis, key).hold()).toBe(false);
  await first.release();
  expect(await new ScrapeLease(redis, key).hold()).toBe(true);
});

test('the processes behind one address do not export for those behind another', async () => {
  expect(await new ScrapeLease(redis, keys.scrape('egress:a')).hold()).toBe(true);
  expect(await new ScrapeLease(redis, keys.scrape('egress:b')).hold()).toBe(true);
});
