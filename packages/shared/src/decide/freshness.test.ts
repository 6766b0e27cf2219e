import { describe, expect, test } from 'vitest';
import { at, delivered, generated, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { decide, isWanted } from './decide.ts';
import { HOUR, MINUTE } from './decision.ts';
import { canProceedUnread, readAgainAt } from './reading/failed-reads.ts';

const DAY = 24 * HOUR;
/** An operator delivered by hand, on Atelier. */
const THEIRS = 'https://theirs.example/1';
const policy = policyOf();
const done = [generated('0', NOON - 9), delivered('0', NOON + 1)];
const told = at(NOON + 2, { type: 'message_sent', kind: 'delivered', round: '0', found: false });

test('an unseen order is read first', () => {
  const unseen = { ...recordOf({}), snapshot: null, observedAt: 0 };
  expect(decide(unseen, policy, NOON)).toMatchObject({ stage: 'unseen', steps: [], readOrder: true });
});

describe('our delivery and the snapshot', () => {
  test('a snapshot older than our delivery does not cause another delivery', () => {
    const decision = decide(recordOf({ status: 'paid' }, done), policy, NOON + MINUTE);
    expect(decision).toMatchObject({ stage: 'in_review', attention: [] });
    expect(decision.steps).toMatchObject([{ name: 'send', kind: 'delivered' }]);
  });

  test('an old answer after our delivery causes a wait', () => {
    const record = recordOf({ status: 'paid' }, done, { observedAt: NOON + MINUTE });
    expect(decide(record, policy, NOON + MINUTE)).toMatchObject({
      stage: 'in_review',
      steps: [],
      attention: [],
      lookAgainAt: NOON + 2 * MINUTE,
    });
  });

  test('a marketplace that goes on waiting for a delivered round is shown to a human', () => {
    const record = recordOf({ status: 'paid' }, done, { observedAt: NOON + HOUR });
    const decision = decide(record, policy, NOON + HOUR);
    expect(decision).toMatchObject({
      stage: 'held',
      steps: [],
      attention: [{ key: 'contradicted:0', actions: ['acknowledge'] }],
    });
    expect(decision.attention[0]?.reason).toContain('the marketplace shows "paid"');
  });

  test('a snapshot that waits for the next round includes our delivery, even if we recorded it later', () => {
    const requested = at(NOON, { type: 'revision_requested', revision: 1, feedback: 'x', isExtra: null });
    const revised = recordOf({ status: 'revision_requested', revision_count: 1 }, [...done, requested]);
    expect(decide(revised, policy, NOON + 2).steps).toMatchObject([{ name: 'generate', round: '1' }]);
    expect(decide(recordOf({ status: 'disputed' }, done), policy, NOON + 2).round).toBe('0d');
    expect(decide(recordOf({ status: 'completed' }, done), policy, NOON + 2).stage).toBe('completed');
  });
});

describe('the next read', () => {
  test('follows an unanswered hint, even of a finished order', () => {
    for (const status of ['paid', 'delivered', 'cancelled', 'completed']) {
      const record = recordOf({ status, payout_tx_hash: 'x' }, [], { hints: 3, hintsAnswered: 2 });
      expect(decide(record, policy, NOON).readOrder).toBe(true);
      expect(decide({ ...record, hintsAnswered: 3 }, policy, NOON).readOrder).toBe(false);
    }
  });

  test.each([
    ['paid', HOUR],
    ['delivered', 30 * MINUTE],
    ['quoted', 6 * HOUR],
    ['something_new', 10 * MINUTE],
  ])('of an order that is %s comes after a while', (status, age) => {
    const record = recordOf({ status });
    expect(decide(record, policy, NOON + age - 1).readOrder).toBe(false);
    expect(decide(record, policy, NOON + age).readOrder).toBe(true);
  });

  test('of an order in review comes when its review window ends', () => {
    const deadline = new Date(NOON + 5 * MINUTE).toISOString();
    const record = recordOf({ status: 'delivered', review_deadline: deadline }, [...done, told]);
    expect(decide(record, policy, NOON + 4 * MINUTE)).toMatchObject({
      readOrder: false,
      lookAgainAt: NOON + 5 * MINUTE,
    });
    expect(decide(record, policy, NOON + 5 * MINUTE).readOrder).toBe(true);
  });
});

describe('an order that cannot be read', () => {
  const failed = at(NOON, { type: 'failed', stepKey: 'read:0', attempt: 0, reason: 'HTTP 404' });
  const unseen = { ...recordOf({}, [failed]), snapshot: null, observedAt: 0, hints: 1 };

  test('is read again, also if an earlier version had given up', () => {
    expect(decide(unseen, policy, NOON)).toMatchObject({ readOrder: true, steps: [], attention: [] });
  });
});

test('a step is wanted only under the requested attempt', () => {
  const failed = at(NOON, { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'x' });
  const retried = at(NOON, { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'operator' });
  const record = recordOf({}, [failed, retried]);
  expect(isWanted(record, policy, { step: { name: 'generate', round: '0', attempt: 0 }, now: NOON })).toBe(
    false,
  );
  expect(isWanted(record, policy, { step: { name: 'generate', round: '0', attempt: 1 }, now: NOON })).toBe(
    true,
  );
  expect(isWanted(record, policy, { step: { name: 'deliver', round: '0', attempt: 1 }, now: NOON })).toBe(
    false,
  );
});

describe('an order that cannot be read', () => {
  const failed = at(NOON + MINUTE, {
    type: 'read_failed',
    observedAt: NOON,
    reason: 'HTML from a proxy',
    isRefusal: false,
  });

  test('needs a human only after an hour', () => {
    const record = recordOf({ status: 'delivered', deliverable_url: THEIRS }, [failed], { hints: 1 });
    expect(decide(record, policy, NOON + HOUR).attention).toEqual([]);
    const later = decide(record, policy, NOON + HOUR + MINUTE);
    expect(later.attention).toMatchObject([{ key: 'unreadable:0' }]);
    expect(later.attention[0]?.reason).toContain('HTML from a proxy');
    expect(later.readOrder).toBe(true);
  });

  test('needs no human once it was read again', () => {
    const record = recordOf({ status: 'delivered', deliverable_url: THEIRS }, [failed], {
      observedAt: NOON + 2 * HOUR,
    });
    expect(decide(record, policy, NOON + 2 * HOUR).attention).toEqual([]);
  });

  const failedAfterReads = at(NOON + MINUTE, {
    type: 'read_failed',
    observedAt: NOON,
    reads: 3,
    reason: 'Order not found',
    isRefusal: true,
  });
  const listedUntil = (observedAt: number) =>
    recordOf({}, [failedAfterReads], { hints: 1, hintedAt: NOON, reads: 3, observedAt });

  test('but that the list still shows goes to attention, and is read less and less often', () => {
    for (const minutes of [11, 70, 600]) {
      const now = NOON + minutes * MINUTE;
      const record = listedUntil(now);
      expect(decide(record, policy, now).attention).toMatchObject([{ key: 'unreadable:3:refusal' }]);
    }
    const waits = [2, 9, 70].map((minutes) => {
      const now = NOON + minutes * MINUTE;
      return readAgainAt(listedUntil(now), now) - now;
    });
    expect(waits).toEqual([15_000, 2 * MINUTE, 15 * MINUTE]);
  });

  test('needs no human once the order itself was read, also when it fails again', () => {
    const again = { ...failedAfterReads, reads: 4, at: NOON + HOUR };
    const record = recordOf({}, [failedAfterReads, again], { reads: 4, observedAt: NOON + HOUR });
    expect(decide(record, policy, NOON + HOUR + MINUTE).attention).toEqual([]);
    expect(readAgainAt(record, NOON + HOUR + MINUTE)).toBe(NOON + HOUR + MINUTE + 15_000);
  });

  test('continues from its snapshot only if the list showed it after the first failure and the last hint', () => {
    expect(canProceedUnread(listedUntil(NOON))).toBe(false);
    expect(canProceedUnread(listedUntil(NOON + 2 * MINUTE))).toBe(true);
    expect(canProceedUnread({ ...listedUntil(NOON + 2 * MINUTE), hintedAt: NOON + 3 * MINUTE })).toBe(false);
    expect(canProceedUnread(recordOf({}, [], { observedAt: NOON + HOUR }))).toBe(false);
  });

  test('is shown even if it was never read', () => {
    const first = at(NOON, { type: 'read_failed', observedAt: 0, reason: 'no answer', isRefusal: false });
    const unseen = { ...recordOf({}, [first]), snapshot: null, observedAt: 0 };
    const decision = decide(unseen, policy, NOON + HOUR);
    expect(decision).toMatchObject({ readOrder: true, attention: [{ key: 'unreadable:0' }] });
  });
});

test('an unpaid quote is read at its scheduled time', () => {
  const created = new Date(NOON - 30 * DAY).toISOString();
  const offer = recordOf({ status: 'quoted', created_at: created });
  const lookAgainAt = decide(offer, policy, NOON).lookAgainAt ?? 0;
  expect(lookAgainAt).toBe(NOON + 3 * DAY);
  expect(decide(offer, policy, lookAgainAt - 1).readOrder).toBe(false);
  expect(decide(offer, policy, lookAgainAt).readOrder).toBe(true);
});

test('an unpaid quote is read less and less often, but at least once a week', () => {
  const lookAfter = (status: string, days: number) => {
    const row = { status, created_at: new Date(NOON - days * DAY).toISOString() };
    const isRead = (age: number) => decide(recordOf(row), policy, NOON + age).readOrder;
    return { day: isRead(DAY), week: isRead(8 * DAY) };
  };
  for (const status of ['pending_quote', 'quoted', 'accepted']) {
    expect(lookAfter(status, 1)).toEqual({ day: true, week: true });
    expect(lookAfter(status, 60)).toEqual({ day: false, week: true });
    expect(lookAfter(status, 1000)).toEqual({ day: false, week: true });
  }
});
