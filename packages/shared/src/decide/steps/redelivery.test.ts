import { describe, expect, test } from 'vitest';
import type { Recorded } from '../../facts/facts.ts';
import { overwrittenFact } from '../../order/overwritten.ts';
import { at, delivered, NOON, policyOf, recordOf, URL_OF } from '../../test-support/records.ts';
import { decide } from '../decide.ts';
import { HOUR, MINUTE, SECOND } from '../decision.ts';

const policy = policyOf({ messages: { delivered: null, delayed: null } });
const overwritten = (index: number, time: number) =>
  at(time, { type: 'delivery_overwritten', round: '0', index });
const redelivered = (index: number, time: number) =>
  at(time, { type: 'redelivered', round: '0', index, found: false });
/** A paid order, read at `observedAt`, whose round 0 was delivered an hour ago. */
const paidAgain = (observedAt: number, ...facts: Recorded[]) =>
  recordOf({ status: 'paid' }, [delivered('0', NOON - 60 * MINUTE), ...facts], { observedAt });

describe('a delivery that the marketplace overwrote', () => {
  test('is read once more after a minute before any action', () => {
    const record = paidAgain(NOON, overwritten(0, NOON));
    expect(decide(record, policy, NOON)).toMatchObject({
      steps: [],
      attention: [],
      readOrder: false,
      lookAgainAt: NOON + MINUTE,
    });
    expect(decide(record, policy, NOON + MINUTE)).toMatchObject({ steps: [], readOrder: true });
  });

  test('waits as long as the policy says', () => {
    const hasty = policyOf({ overwrittenAfterSeconds: 5 });
    const now = NOON + 5 * SECOND;
    expect(decide(paidAgain(NOON, overwritten(0, NOON)), hasty, NOON).lookAgainAt).toBe(now);
    expect(decide(paidAgain(NOON, overwritten(0, NOON)), hasty, now).readOrder).toBe(true);
    expect(decide(paidAgain(now, overwritten(0, NOON)), hasty, now).steps).toMatchObject([{ attempt: 1 }]);
  });

  test('that stays so for a minute is delivered again, under a number of its own', () => {
    const now = NOON + MINUTE;
    const record = paidAgain(now, overwritten(0, NOON));
    expect(decide(record, policy, now)).toMatchObject({
      stage: 'delivering',
      steps: [{ name: 'deliver', round: '0', attempt: 1 }],
    });
  });

  test('is in review once it was delivered again, and is delivered again a second time', () => {
    const first = [overwritten(0, NOON), redelivered(0, NOON + 2 * MINUTE)];
    const done = { ...paidAgain(NOON + MINUTE, ...first) };
    expect(decide(done, policy, NOON + 3 * MINUTE)).toMatchObject({ stage: 'in_review', steps: [] });
    const now = NOON + 10 * MINUTE;
    const again = paidAgain(now, ...first, overwritten(1, NOON + 5 * MINUTE));
    expect(decide(again, policy, now).steps).toEqual([{ name: 'deliver', round: '0', attempt: 2 }]);
  });

  test('three times goes to attention', () => {
    const now = NOON + 30 * MINUTE;
    const record = paidAgain(
      now,
      overwritten(0, NOON),
      redelivered(0, NOON + MINUTE),
      overwritten(1, NOON + 2 * MINUTE),
      redelivered(1, NOON + 3 * MINUTE),
      overwritten(2, NOON + 4 * MINUTE),
    );
    expect(decide(record, policy, now)).toMatchObject({
      stage: 'held',
      steps: [],
      attention: [{ key: 'overwritten:0', actions: ['acknowledge'] }],
    });
  });

  test('whose repetition failed for good is retried under the next number', () => {
    const now = NOON + 5 * MINUTE;
    const failed = at(now, { type: 'failed', stepKey: 'deliver:0', attempt: 1, reason: 'it broke' });
    const record = paidAgain(now, overwritten(0, NOON), failed);
    expect(decide(record, policy, now)).toMatchObject({ steps: [], attention: [{ actions: ['retry'] }] });
    const retried = at(now, { type: 'operator_retried', stepKey: 'deliver:0', attempt: 1, by: 'ada' });
    expect(decide(paidAgain(now, overwritten(0, NOON), failed, retried), policy, now).steps).toEqual([
      { name: 'deliver', round: '0', attempt: 2 },
    ]);
  });
});

describe('a redelivery that does not happen', () => {
  const rateLimited = (time: number) =>
    at(time, { type: 'rate_limited', stepKey: 'deliver:0', attempt: 1, reason: 'refused for 3600 s' });

  test('goes to attention half an hour after the overwrite, and is still retried', () => {
    const now = NOON + 30 * MINUTE;
    const record = (observedAt: number) => paidAgain(observedAt, overwritten(0, NOON));
    expect(decide(record(now - 1), policy, now - 1)).toMatchObject({ attention: [], lookAgainAt: now });
    expect(decide(record(now), policy, now)).toMatchObject({
      steps: [{ name: 'deliver', attempt: 1 }],
      attention: [{ key: 'not_redelivered:0:0', actions: ['acknowledge'] }],
    });
  });

  test('goes to attention without a confirming read, and despite a longer patience', () => {
    const now = NOON + 2 * HOUR;
    const patient = policyOf({ overwrittenAfterSeconds: 3600 });
    const unread = paidAgain(NOON, overwritten(0, NOON));
    expect(decide(unread, policy, now).attention).toMatchObject([{ key: 'not_redelivered:0:0' }]);
    const early = NOON + 59 * MINUTE;
    expect(decide(paidAgain(early, overwritten(0, NOON)), patient, early).attention).toEqual([]);
  });

  test('because of the rate limit says so once the order is due', () => {
    const now = NOON + 240 * HOUR;
    const record = paidAgain(now, overwritten(0, NOON), rateLimited(NOON + 2 * MINUTE));
    const { attention, dueAt } = decide(record, policy, now);
    expect(attention).toMatchObject([{ key: 'rate_limited:deliver:0:1' }]);
    expect(dueAt).toBeLessThan(now);
  });
});

describe('a first delivery that no answer shows', () => {
  const waiting = recordOf({ status: 'paid' }, [delivered('0', NOON + 1)], { observedAt: NOON });

  test('is read once after the patience for overwritten deliveries, because it may be lost', () => {
    const now = NOON + 1 + MINUTE;
    expect(decide(waiting, policy, NOON + 2)).toMatchObject({
      stage: 'in_review',
      readOrder: false,
      lookAgainAt: now,
    });
    expect(decide(waiting, policy, now)).toMatchObject({ stage: 'in_review', readOrder: true });
  });

  test('waits as long as the policy says', () => {
    const hasty = policyOf({ overwrittenAfterSeconds: 5, messages: { delivered: null } });
    expect(decide(waiting, hasty, NOON + 2).lookAgainAt).toBe(NOON + 1 + 5 * SECOND);
    expect(decide(waiting, hasty, NOON + 1 + 5 * SECOND).readOrder).toBe(true);
  });

  test('is read at the usual intervals once a read shows it', () => {
    const shown = recordOf({ status: 'delivered', deliverable_url: URL_OF('0') }, [delivered('0', NOON)], {
      observedAt: NOON + 1,
    });
    expect(decide(shown, policy, NOON + 2 * MINUTE)).toMatchObject({ readOrder: false });
  });
});

describe('an order shows an overwritten delivery', () => {
  const shown = (fields: Record<string, unknown>, ...facts: Recorded[]) =>
    recordOf({ deliverable_url: URL_OF('0'), ...fields }, facts, { observedAt: NOON });
  const before = delivered('0', NOON - 1);

  test('if it is paid and names our deliverable', () => {
    const fact = { type: 'delivery_overwritten', round: '0', index: 0 };
    expect(overwrittenFact(shown({ status: 'paid' }, before))).toEqual(fact);
    expect(decide(shown({ status: 'paid' }, before), policy, NOON).facts).toEqual([fact]);
    const again = shown({ status: 'paid' }, before, redelivered(0, NOON - 1));
    expect(overwrittenFact(again)).toMatchObject({ index: 1 });
  });

  test.each<[string, Record<string, unknown>, Recorded[]]>([
    ['it is delivered', { status: 'delivered' }, [before]],
    ['a revision is asked for', { status: 'revision_requested', revision_count: 1 }, [before]],
    [
      'it names another deliverable',
      { status: 'paid', deliverable_url: 'https://other.example/1' },
      [before],
    ],
    ['it names none', { status: 'paid', deliverable_url: null }, [before]],
    ['we delivered nothing', { status: 'paid', deliverable_url: null }, []],
    ['it was asked for before we delivered', { status: 'paid' }, [delivered('0', NOON)]],
    ['it was asked for before we delivered again', { status: 'paid' }, [before, redelivered(0, NOON)]],
    ['a workspace is in progress', { status: 'in_progress' }, [before]],
    [
      'the answer to the delivery already had this status',
      { status: 'paid' },
      [{ ...before, status: 'paid' } as Recorded],
    ],
    ['we know', { status: 'paid' }, [before, overwritten(0, NOON)]],
  ])('and not when %s', (_why, fields, facts) => {
    expect(overwrittenFact(shown(fields, ...facts))).toBeNull();
  });
});
