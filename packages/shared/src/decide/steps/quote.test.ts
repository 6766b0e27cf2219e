import { expect, test } from 'vitest';
import { at, NOON, policyOf, recordOf } from '../../test-support/records.ts';
import { decide } from '../decide.ts';
import { HOUR, MINUTE } from '../decision.ts';

const policy = policyOf();
const waiting = { status: 'pending_quote' };
const priced = at(NOON, { type: 'priced', handler: 'painter', priceUsd: '45.00' });
const refused = (attempt = 0) =>
  at(NOON, { type: 'refused', handler: 'painter', reason: 'No dogs.', step: 'price', attempt });
const quoted = (time: number) => at(time, { type: 'quoted', priceUsd: '45.00', found: false });

test('an order that needs a price is priced, then quoted', () => {
  expect(decide(recordOf(waiting), policy, NOON)).toMatchObject({
    stage: 'pricing',
    steps: [{ name: 'price', round: '0', attempt: 0 }],
  });
  expect(decide(recordOf(waiting, [priced]), policy, NOON)).toMatchObject({
    stage: 'quoting',
    steps: [{ name: 'quote', round: '0', attempt: 0 }],
  });
});

test('a declined quote goes to attention with its reason', () => {
  const decision = decide(recordOf(waiting, [refused()]), policy, NOON);
  expect(decision.steps).toEqual([]);
  expect(decision.attention).toMatchObject([{ key: 'refused', actions: ['retry', 'acknowledge'] }]);
  expect(decision.attention[0]?.reason).toContain('"painter" declined to quote: No dogs.');
});

test('a retried quote asks the handler again, which may decline again', () => {
  const retried = at(NOON, { type: 'operator_retried', stepKey: 'price:0', attempt: 0, by: 'ada' });
  expect(decide(recordOf(waiting, [refused(), retried]), policy, NOON)).toMatchObject({
    stage: 'pricing',
    attention: [],
    steps: [{ name: 'price', round: '0', attempt: 1 }],
  });
  const again = decide(recordOf(waiting, [refused(), retried, refused(1)]), policy, NOON);
  expect(again.attention).toMatchObject([{ key: 'refused:1', stepKey: 'price:0', attempt: 1 }]);
});

test('our quote is newer than a snapshot that was requested before it', () => {
  const decision = decide(recordOf(waiting, [priced, quoted(NOON + 1)]), policy, NOON + MINUTE);
  expect(decision).toMatchObject({ stage: 'awaiting_payment', steps: [], attention: [] });
});

test('an old answer after our quote causes a wait, and no second quote', () => {
  const record = recordOf(waiting, [priced, quoted(NOON)], { observedAt: NOON + 2 * MINUTE });
  const decision = decide(record, policy, NOON + 3 * MINUTE);
  expect(decision).toMatchObject({ stage: 'awaiting_payment', steps: [], attention: [] });
  expect(decision.lookAgainAt).toBe(NOON + 4 * MINUTE);
});

test('a marketplace that still waits for an accepted price goes to attention', () => {
  const record = recordOf(waiting, [priced, quoted(NOON)], { observedAt: NOON + HOUR });
  const decision = decide(record, policy, NOON + HOUR);
  expect(decision).toMatchObject({
    stage: 'held',
    steps: [],
    attention: [{ key: 'contradicted:quote', actions: ['acknowledge'] }],
  });
});

test.each(['quoted', 'accepted'])('an order that is %s waits for payment', (status) => {
  expect(decide(recordOf({ status }, [priced]), policy, NOON)).toMatchObject({
    stage: 'awaiting_payment',
    steps: [],
    lookAgainAt: NOON + 6 * HOUR,
  });
});
