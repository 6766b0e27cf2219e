import { afterAll, expect, test } from 'vitest';
import { openScratch } from '../../test-support/scratch.ts';
import { WebhookLoss } from './webhook-loss.ts';

const scratch = await openScratch();
const loss = new WebhookLoss(scratch.redis, scratch.keys);
afterAll(() => scratch[Symbol.asyncDispose]());

const HOUR = 3600_000;
const NOW = Date.UTC(2026, 10, 26, 12, 30);

test('the arrivals of a day are added up, for each agent', async () => {
  await loss.note('agt_1', { arrivals: 3, unannounced: 1 }, NOW);
  await loss.note('agt_1', { arrivals: 2, unannounced: 0 }, NOW + 60_000);
  await loss.note('agt_1', { arrivals: 4, unannounced: 4 }, NOW - 23 * HOUR);
  await loss.note('agt_1', { arrivals: 50, unannounced: 50 }, NOW - 24 * HOUR);
  await loss.note('agt_2', { arrivals: 0, unannounced: 0 }, NOW);
  expect(await loss.lastDay('agt_1', NOW + 60_000)).toEqual({ arrivals: 9, unannounced: 5 });
  expect(await loss.lastDay('agt_2', NOW)).toEqual({ arrivals: 0, unannounced: 0 });
});

test('an hour expires, and an hour without arrivals is not stored', async () => {
  const hours = await scratch.redis.keys(scratch.keys.webhookLoss('*', 0).replace(/0$/, '*'));
  expect(hours).toHaveLength(3);
  for (const hour of hours) expect(await scratch.redis.ttl(hour)).toBeGreaterThan(24 * 3600);
});
