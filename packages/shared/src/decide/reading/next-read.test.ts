import { expect, test } from 'vitest';
import { always } from '../../test-support/histories.ts';
import { at, NOON, policyOf, recordOf } from '../../test-support/records.ts';
import { decide } from '../decide.ts';
import { HOUR, MINUTE } from '../decision.ts';
import { decideAfterFailedRead } from './after-failed-read.ts';
import { canProceedUnread } from './failed-reads.ts';

const policy = policyOf();

test('an order is read at its scheduled time, and not before', () => {
  always(({ record, decision, policy: of, now }) => {
    const { nextReadAt, readOrder, lookAgainAt } = decision;
    expect(readOrder).toBe(nextReadAt !== null && nextReadAt <= now);
    if (nextReadAt === null) expect(lookAgainAt).toBeNull();
    else if (nextReadAt > now) {
      expect(decide(record, of, nextReadAt).readOrder).toBe(true);
      expect(decide(record, of, nextReadAt - 1).readOrder).toBe(false);
    }
  });
});

test('after a failed read, nothing starts without a fresh snapshot', () => {
  always(({ record, policy: of, now }) => {
    const failed = decideAfterFailedRead(record, of, now);
    const { steps, attention, stage } = decide(record, of, now);
    expect(failed).toMatchObject({ readOrder: false, canStart: canProceedUnread(record) });
    expect(failed).toMatchObject({ stage, steps, attention });
    expect(failed.nextReadAt).toBeGreaterThan(now);
    expect(failed.lookAgainAt).toBeGreaterThan(now);
    expect(failed.lookAgainAt).toBeLessThanOrEqual(failed.nextReadAt ?? 0);
  });
});

test('an order that only the list shows continues after a failed read', () => {
  const noted = {
    type: 'read_failed',
    observedAt: NOON,
    reads: 0,
    reason: 'no answer',
    isRefusal: false,
  } as const;
  const record = recordOf({}, [at(NOON, noted)], { observedAt: NOON + MINUTE });
  expect(decideAfterFailedRead(record, policy, NOON + 2 * MINUTE)).toMatchObject({
    canStart: true,
    steps: [{ name: 'generate' }],
    nextReadAt: NOON + 2 * MINUTE + 30_000,
  });
  const older = recordOf({}, [at(NOON, noted)]);
  expect(decideAfterFailedRead(older, policy, NOON + HOUR)).toMatchObject({
    canStart: false,
    lookAgainAt: NOON + HOUR + 5 * MINUTE,
  });
});

test('the steps of a cancelled order are cancelled, in their last attempt', () => {
  const retried = at(NOON, { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ops' });
  const { steps, cancelledSteps } = decide(recordOf({ status: 'cancelled' }, [retried]), policy, NOON);
  expect(steps).toEqual([]);
  expect(cancelledSteps).toEqual([
    { name: 'price', round: '0', attempt: 0 },
    { name: 'quote', round: '0', attempt: 0 },
    { name: 'generate', round: '0', attempt: 1 },
    { name: 'publish', round: '0', attempt: 0 },
    { name: 'deliver', round: '0', attempt: 0 },
  ]);
});

test('no decision cancels a step that it requests, and steps are due with their delivery', () => {
  always(({ decision: { steps, cancelledSteps, dueAt, stepsDueAt, stage } }) => {
    if (stage === 'cancelled') expect(steps).toEqual([]);
    else expect(cancelledSteps).toEqual([]);
    if (dueAt !== null) expect(stepsDueAt).toBe(dueAt);
  });
});
