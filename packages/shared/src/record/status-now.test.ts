import { expect, test } from 'vitest';
import { at, delivered, NOON, recordOf } from '../test-support/records.ts';
import { statusNow } from './status-now.ts';

test('an order has the status of the last snapshot', () => {
  expect(statusNow(recordOf({ status: 'levitating' }))).toEqual({ status: 'unknown', raw: 'levitating' });
  expect(statusNow(recordOf({}, [delivered('0', NOON - 1)]))).toEqual({ status: 'paid', raw: 'paid' });
  expect(statusNow({ ...recordOf({}), snapshot: null })).toBeNull();
});

test("after a delivery an order has the status of the marketplace's answer", () => {
  const answered = (status: string) => ({ ...delivered('0', NOON + 1), status });
  expect(statusNow(recordOf({}, [answered('delivered')]))).toEqual({ status: 'delivered', raw: 'delivered' });
  expect(statusNow(recordOf({}, [answered('in_review')]))).toEqual({ status: 'unknown', raw: 'in_review' });
});

test('after a delivery whose answer has no status, the order is delivered', () => {
  expect(statusNow(recordOf({}, [delivered('0', NOON + 1)]))).toEqual({
    status: 'delivered',
    raw: 'delivered',
  });
});

test('after our quote, the order is quoted', () => {
  const quoted = at(NOON + 1, { type: 'quoted', priceUsd: '45.00', found: false });
  expect(statusNow(recordOf({ status: 'pending_quote' }, [quoted]))).toEqual({
    status: 'quoted',
    raw: 'quoted',
  });
});
