import { RecordStore } from '@fulfillment/platform';
import { openScratch } from '@fulfillment/platform/test-support';
import { DEFAULT_POLICY } from '@fulfillment/shared';
import { expect, test } from 'vitest';
import { exampleShop } from '../model/index.ts';
import { writeRecords } from './write-records.ts';

const NOW = Date.UTC(2026, 10, 26, 12);

test('the same number and time give the same shop', () => {
  expect(exampleShop(300, NOW)).toEqual(exampleShop(300, NOW));
  expect(exampleShop(300, NOW)).toHaveLength(300);
});

test('the records are in every state that an operator meets', async () => {
  await using scratch = await openScratch();
  const { redis, keys } = scratch;
  const store = new RecordStore(redis, keys);
  await writeRecords({ redis, keys, policy: DEFAULT_POLICY }, exampleShop(300, await store.now()));
  const orders = await store.index.list('all', 0, 300);
  expect(new Set(orders.map(({ stage }) => stage))).toEqual(
    new Set([
      'pricing',
      'awaiting_payment',
      'generating',
      'held',
      'asking_buyer',
      'in_review',
      'completed',
      'cancelled',
    ]),
  );
  const titles = orders.flatMap(({ attention }) => attention.map(({ title }) => title));
  const count = (wanted: string) => titles.filter((title) => title === wanted).length;
  expect(count('Handler "copy" failed')).toBe(12);
  expect(count('Draft to review')).toBe(7);
  expect(count('Unread message')).toBe(6);
  expect(count('Dispute')).toBe(4);
  expect(count('Payout failed')).toBe(4);
});
