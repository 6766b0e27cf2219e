import { describe, expect, test } from 'vitest';
import type { FactOf, Recorded } from '../facts.ts';
import { messageText } from '../messages.ts';
import { noteFor } from '../review.ts';
import { at, generated, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { decide, isWanted } from './decide.ts';
import { HOUR, MINUTE } from './decision.ts';

const policy = policyOf();
/** A round that its handler wants looked at. */
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

  test('a refusal is not delivered; who refused may think again', () => {
    const refused = decided([made(), said('refuse', { note: 'Not ours.' })]);
    expect(refused).toMatchObject({
      stage: 'held',
      steps: [],
      attention: [{ key: 'refused:0:0', actions: ['regenerate', 'approve'] }],
    });
    expect(refused.attention[0]?.reason).toContain('Not ours.');
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
    expect(decided([made()], DUE).steps).toEqual([]);
    const deliver = policyOf({ review: { atDeadline: 'deliver' } });
    expect(reasonAt(DUE - MINUTE, deliver)).toContain('Then it is delivered as it is.');
    expect(decided([made()], DUE - 1, deliver).steps).toEqual([]);
    expect(decided([made()], DUE, deliver).steps).toContainEqual({ name: 'deliver', round: '0', attempt: 0 });
    expect(decided([made(), said('refuse', { note: 'No.' })], DUE, deliver).steps).toEqual([]);
  });

  test('it is looked at again by then', () => {
    expect(decided([made()], DUE - 30_000).lookAgainAt).toBe(DUE);
  });
});

test('the buyer is told what the operator wrote, when they wrote something', () => {
  const text = (message: string | null) =>
    messageText(recordOf({}, [made(), said('approve', { message })]), policy, 'delivered', '0');
  expect(text('Here it is, Ada!')).toBe('Here it is, Ada!');
  expect(text(null)).toContain('is delivered');
  expect(text('  ')).toContain('is delivered');
});
