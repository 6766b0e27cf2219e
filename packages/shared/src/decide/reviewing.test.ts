import { describe, expect, test } from 'vitest';
import type { FactOf, Recorded } from '../facts/facts.ts';
import { messageText } from '../policy/messages.ts';
import { noteFor } from '../record/review.ts';
import { at, delivered, generated, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { decide, isWanted } from './decide.ts';
import { HOUR, MINUTE } from './decision.ts';

const policy = policyOf();
/** A round whose handler demands a review. */
const made = (draft = 0, time = NOON): Recorded => ({
  ...(generated('0', time) as Recorded<FactOf<'generated'>>),
  draft,
  review: true,
});
const said = (
  verdict: 'approve' | 'regenerate' | 'refuse',
  { draft = 0, note = '', message = null as string | null, time = NOON + MINUTE } = {},
) => at(time, { type: 'reviewed', round: '0', draft, verdict, note, message, by: 'ada' });
const decided = (facts: Recorded[], now = NOON + 2 * MINUTE, of = policy) =>
  decide(recordOf({}, facts), of, now);
const delayed = { name: 'send', kind: 'delayed', round: '0', attempt: 0 };
/** The orders of these tests were placed at 11 o'clock and are due within 48 hours. */
const DUE = NOON + 47 * HOUR;

describe('a round that is to be looked at', () => {
  test('is neither published nor delivered until it is approved', () => {
    expect(decided([made()])).toMatchObject({
      stage: 'held',
      steps: [],
      attention: [{ key: 'review:0:0', actions: ['approve', 'regenerate', 'refuse'], round: '0', draft: 0 }],
    });
    expect(decided([made(), said('approve')])).toMatchObject({
      stage: 'delivering',
      attention: [],
      steps: [{ name: 'deliver', round: '0' }],
    });
  });

  test('because of what was found in it is never delivered unseen, whatever the policy says', () => {
    const found = { ...made(), reviewReason: 'the text holds a secret' };
    const deliver = policyOf({ review: { atDeadline: 'deliver' } });
    const late = decided([found], DUE + 100 * HOUR, deliver);
    expect(late.attention[0]?.reason).toContain('must be reviewed before delivery: the text holds a secret.');
    expect(late.attention[0]?.reason).toContain('It is not delivered without you.');
    expect(late.steps.map(({ name }) => name)).not.toContain('deliver');
    expect(decided([made()], DUE, deliver).attention).toEqual([]);
    expect(decided([found, said('approve')]).steps).toMatchObject([{ name: 'deliver' }]);
  });

  test('a delivery that was asked for before is not wanted any more', () => {
    const step = { name: 'deliver', round: '0', attempt: 0 } as const;
    expect(isWanted(recordOf({}, [made()]), policy, step, NOON)).toBe(false);
    expect(isWanted(recordOf({}, [made(), said('approve')]), policy, step, NOON)).toBe(true);
  });

  test('one that nobody has to look at goes on', () => {
    expect(decided([generated('0')]).steps).toMatchObject([{ name: 'deliver' }]);
  });

  test('is made again under a job of its own, with what is to be different; the next draft is looked at, too', () => {
    const again = [made(), said('regenerate', { note: 'Bluer.' })];
    expect(decided(again)).toMatchObject({
      stage: 'generating',
      attention: [],
      steps: [{ name: 'generate', round: '0', attempt: 1 }],
    });
    expect(noteFor(recordOf({}, again), '0')).toBe('Bluer.');
    const second = [...again, made(1, NOON + MINUTE)];
    expect(decided(second).attention).toMatchObject([{ key: 'review:0:1', draft: 1 }]);
    const third = [...second, said('regenerate', { draft: 1, note: 'Rounder.' })];
    expect(decided(third).steps).toMatchObject([{ name: 'generate', attempt: 2 }]);
    expect(noteFor(recordOf({}, third), '0')).toBe('Bluer.\n\nRounder.');
    expect(decided([...second, said('approve', { draft: 1 })]).steps).toMatchObject([{ name: 'deliver' }]);
  });

  test('a draft that fails waits for a retry, as any step', () => {
    const failed = at(NOON + MINUTE, { type: 'failed', stepKey: 'generate:0', attempt: 1, reason: 'no ink' });
    const facts = [made(), said('regenerate', { note: 'Bluer.' }), failed];
    expect(decided(facts).attention).toMatchObject([{ key: 'failed:generate:0:1', attempt: 1 }]);
    const retried = at(NOON + MINUTE, {
      type: 'operator_retried',
      stepKey: 'generate:0',
      attempt: 1,
      by: 'ada',
    });
    expect(decided([...facts, retried]).steps).toMatchObject([{ name: 'generate', attempt: 2 }]);
  });

  test('a refusal is not delivered, and the buyer is told why; who refused may think again', () => {
    const facts = [made(), said('refuse', { note: 'Not ours.' })];
    const refused = decided(facts);
    expect(messageText(recordOf({}, facts), policy, 'refused', '0')).toContain(':\nNot ours.\n');
    const told = at(NOON, { type: 'message_sent', kind: 'refused', round: '0', found: false });
    expect(decided([...facts, told]).steps).toEqual([]);
    expect(refused).toMatchObject({
      stage: 'held',
      steps: [{ name: 'send', kind: 'refused', round: '0', attempt: 0 }],
      attention: [{ key: 'refused:0:0', actions: ['regenerate', 'approve'] }],
    });
    expect(refused.attention[0]?.reason).toContain('Not ours.');
    expect(refused.attention[0]?.reason).not.toContain('is not told');
    const anew = said('regenerate', { time: NOON + MINUTE + 1 });
    const again = said('refuse', { draft: 1, note: 'Still not.', time: NOON + MINUTE + 3 });
    const next = [...facts, { ...told, at: NOON + MINUTE }, anew, made(1, NOON + MINUTE + 2), again];
    expect(decided(next).attention[0]?.reason).toMatch(/Still not.*is not told of this one/s);
    const approved = [
      made(),
      said('refuse', { note: 'Not ours.' }),
      said('approve', { time: NOON + 2 * MINUTE }),
    ];
    expect(decided(approved).steps).toMatchObject([{ name: 'deliver' }]);
  });
});

describe('the due time', () => {
  const reasonAt = (now: number, of = policy) => decided([made()], now, of).attention[0]?.reason ?? '';

  test('is told before it comes, and when it is over', () => {
    expect(reasonAt(DUE - 121 * MINUTE)).not.toContain('due');
    expect(reasonAt(DUE - 90 * MINUTE)).toContain(
      'due in less than 90 minutes. It is not delivered without you.',
    );
    expect(reasonAt(DUE)).toContain('overdue');
  });

  test('the round is held beyond it, or delivered as it is, as the policy says', () => {
    expect(decided([made()], DUE).steps).toEqual([delayed]);
    const deliver = policyOf({ review: { atDeadline: 'deliver' } });
    expect(reasonAt(DUE - MINUTE, deliver)).toContain('It is delivered as it is in 1 minutes.');
    expect(decided([made()], DUE - 1, deliver).steps).toEqual([]);
    expect(decided([made()], DUE, deliver).steps).toContainEqual({ name: 'deliver', round: '0', attempt: 0 });
    expect(decided([made(), said('refuse', { note: 'No.' })], DUE, deliver).steps).toMatchObject([
      { name: 'send', kind: 'refused' },
    ]);
  });

  test('a draft made late, or made again, is not delivered before there was time to look at it', () => {
    const deliver = policyOf({ review: { atDeadline: 'deliver', warnMinutes: 60 } });
    const step = { name: 'deliver', round: '0', attempt: 0 };
    const late = [made(0, DUE - MINUTE)];
    expect(decided(late, DUE, deliver)).toMatchObject({ stage: 'held', lookAgainAt: DUE + 2 * MINUTE });
    expect(decided(late, DUE + 58.5 * MINUTE, deliver).lookAgainAt).toBe(DUE + 59 * MINUTE);
    expect(decided(late, DUE + 59 * MINUTE, deliver).steps).toContainEqual(step);
    const again = [made(), said('regenerate', { note: 'Bluer.', time: DUE - 2 }), made(1, DUE + MINUTE)];
    expect(decided(again, DUE + 60 * MINUTE, deliver).steps).not.toContainEqual(step);
    expect(decided(again, DUE + 61 * MINUTE, deliver).steps).toContainEqual(step);
  });

  test('that is near is a fact, once for each draft, and marks the order', () => {
    expect(decided([made()], DUE - 121 * MINUTE)).toMatchObject({
      facts: [],
      attention: [{ isUrgent: false }],
      lookAgainAt: DUE - 120 * MINUTE,
    });
    const near = decided([made()], DUE - 120 * MINUTE);
    expect(near.facts).toEqual([{ type: 'review_due', round: '0', draft: 0 }]);
    expect(near.attention).toMatchObject([{ isUrgent: true }]);
    const told = at(DUE - 120 * MINUTE, { type: 'review_due', round: '0', draft: 0 });
    expect(decided([made(), told], DUE - MINUTE).facts).toEqual([]);
  });

  test('it is looked at again by then', () => {
    expect(decided([made()], DUE - 30_000).lookAgainAt).toBe(DUE);
  });
});

test('a dispute is answered also while what was made for it waits to be looked at', () => {
  const again = { ...made(), round: '0d' } as Recorded<FactOf<'generated'>>;
  const facts = [generated('0', NOON - 9), delivered('0', NOON - 8), again];
  const decision = decide(recordOf({ status: 'disputed' }, facts), policyOf({ dispute: 'redeliver' }), NOON);
  expect(decision).toMatchObject({
    stage: 'held',
    steps: [{ name: 'send', kind: 'dispute_received', round: '0d' }],
    attention: [{ key: 'review:0d:0' }],
  });
});

test('the buyer is told what the operator wrote, when they wrote something', () => {
  const text = (message: string | null) =>
    messageText(recordOf({}, [made(), said('approve', { message })]), policy, 'delivered', '0');
  expect(text('Here it is, Ada!')).toBe('Here it is, Ada!');
  expect(text(null)).toContain('is delivered');
  expect(text('  ')).toContain('is delivered');
});
