import { expect, test } from 'vitest';
import { PRODUCT_APPS } from './apps.ts';
import { selectApps } from './select-apps.ts';

const ALL = ['ingestor', 'generation-worker', 'delivery-worker', 'admin'];

test.each([
  [[], ALL],
  [['ingestor'], ['ingestor']],
  [
    ['@fulfillment/admin', 'ingestor'],
    ['ingestor', 'admin'],
  ],
  [['!ingestor'], ALL.slice(1)],
])('the filters %j select %j', (filters, names) => {
  expect(selectApps(PRODUCT_APPS, filters).map(({ name }) => name)).toEqual(names);
});

test('a filter that names no app is rejected with the valid names', () => {
  expect(() => selectApps(PRODUCT_APPS, ['poller'])).toThrow(/"poller".*ingestor, generation-worker/);
});
