import { expect, test } from 'vitest';
import type { Recorded } from '../facts/facts.ts';
import type { Product } from '../facts/products.ts';
import { at, NOON, recordOf } from '../test-support/records.ts';
import { deliverablesOf } from './deliverables.ts';

const file = (name: string): Product => ({
  mediaType: 'image',
  artifact: { path: `x/${name}`, fileName: name, contentType: 'image/png', bytes: 3 },
});
const link: Product = { url: 'https://a.example/page', mediaType: 'link' };
const generated = (...products: Product[]): Recorded =>
  at(NOON, { type: 'generated', round: '0', handler: 'painter', draft: 0, review: false, products });
const published = (index: number, round = '0'): Recorded =>
  at(NOON, { type: 'published', round, index, url: `https://cdn.example/${round}/${index}` });

test('there is nothing to deliver before the round is generated', () => {
  expect(deliverablesOf(recordOf({}), '0')).toBeNull();
});

test('products are delivered in their order, under their own or their published URL', () => {
  const record = recordOf({}, [generated(file('a'), link, file('b')), published(2), published(0)]);
  expect(deliverablesOf(record, '0')?.map(({ url }) => url)).toEqual([
    'https://cdn.example/0/0',
    'https://a.example/page',
    'https://cdn.example/0/2',
  ]);
});

test('the published URL of one draft is not delivered for the next', () => {
  const made = (draft: number): Recorded => ({ ...generated(file('a')), draft }) as Recorded;
  const again = at(NOON, {
    type: 'reviewed',
    round: '0',
    draft: 0,
    verdict: 'regenerate',
    note: 'Bluer.',
    message: null,
    by: 'ada',
  });
  const record = recordOf({}, [made(0), published(0), again, made(1)]);
  expect(deliverablesOf(record, '0')).toBeNull();
  const second = at(NOON, {
    type: 'published',
    round: '0',
    draft: 1,
    index: 0,
    url: 'https://cdn.example/0/second',
  });
  expect(deliverablesOf({ ...record, facts: [...record.facts, second] }, '0')?.map(({ url }) => url)).toEqual(
    ['https://cdn.example/0/second'],
  );
});

test('nothing is delivered while one product has no URL, even if another round has', () => {
  expect(deliverablesOf(recordOf({}, [generated(link, file('a')), published(1, '1')]), '0')).toBeNull();
});
