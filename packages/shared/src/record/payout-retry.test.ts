import { expect, test } from 'vitest';
import { at, NOON, recordOf } from '../test-support/records.ts';
import { lastPayoutRetry, unansweredPayoutRetry } from './payout-retry.ts';

const asked = (index: number) => at(NOON + index, { type: 'payout_retry_asked', index, by: 'ada' });
const answered = (index: number) =>
  at(NOON + index, { type: 'payout_retry_answered', index, outcome: 'accepted', reason: '' });

test('an order without a request has no payout retry', () => {
  expect(lastPayoutRetry(recordOf({}))).toBeNull();
  expect(unansweredPayoutRetry(recordOf({}))).toBeNull();
});

test('a request waits until its own answer comes', () => {
  const waiting = recordOf({}, [asked(0), answered(0), asked(1)]);
  expect(unansweredPayoutRetry(waiting)).toEqual(asked(1));
  expect(lastPayoutRetry(waiting)).toEqual({ asked: asked(1), answered: null });

  const settled = recordOf({}, [asked(0), answered(0), asked(1), answered(1)]);
  expect(unansweredPayoutRetry(settled)).toBeNull();
  expect(lastPayoutRetry(settled)).toEqual({ asked: asked(1), answered: answered(1) });
});
