import { describe, expect, test } from 'vitest';
import type { Recorded } from '../facts/facts.ts';
import { messageText } from '../policy/messages.ts';
import { at, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { decide } from './decide.ts';
import { HOUR, MINUTE } from './decision.ts';

const policy = policyOf();
const refused = (attempt = 0) =>
  at(NOON, { type: 'refused', handler: 'painter', reason: 'No dogs.', step: 'generate', attempt });
const sent = at(NOON, { type: 'message_sent', kind: 'refused', round: '0', found: false });
const message = { name: 'send', kind: 'refused', round: '0', attempt: 0 };

describe('a paid order whose brief its handler declines', () => {
  test('again, after the buyer got the first refusal: the operator reads that the buyer does not get the second', () => {
    const retried = at(NOON + 1, { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' });
    const again = { ...refused(1), at: NOON + 2 };
    const reasonOf = (...facts: Recorded[]) =>
      decide(recordOf({}, facts), policy, NOON + 3).attention[0]?.reason;
    expect(reasonOf(refused(), sent)).not.toContain('gets no message');
    expect(reasonOf(refused(), sent, retried, again)).toContain('gets no message about this one');
    expect(reasonOf(refused(), retried, again)).not.toContain('gets no message');
  });

  test('waits for a human, and the buyer gets one message', () => {
    const decision = decide(recordOf({}, [refused()]), policy, NOON);
    expect(decision).toMatchObject({
      stage: 'held',
      steps: [message],
      attention: [{ key: 'brief_refused', actions: ['release', 'retry'], stepKey: 'generate:0', attempt: 0 }],
    });
    expect(decision.attention[0]?.reason).toContain('"painter" declines the brief: No dogs.');
    expect(decide(recordOf({}, [refused(), sent]), policy, NOON)).toMatchObject({ stage: 'held', steps: [] });
  });

  test('gets the reason, unless the message is turned off, and no message about a delay', () => {
    const record = recordOf({}, [refused()]);
    expect(messageText(record, policy, { kind: 'refused', round: '0' })).toMatch(
      /"A portrait" as described:\nNo dogs\.\n/,
    );
    const silent = policyOf({ messages: { refused: null } });
    expect(decide(record, silent, NOON).steps).toEqual([]);
    expect(decide(record, policy, NOON + 100 * HOUR).steps).toEqual([message]);
  });

  test('is generated after a release, and validated again after a retry', () => {
    const released = at(NOON, {
      type: 'operator_released',
      round: '0',
      attentionKey: 'brief_refused',
      by: 'ada',
    });
    expect(decide(recordOf({}, [refused(), released]), policy, NOON)).toMatchObject({
      attention: [],
      steps: [{ name: 'generate', attempt: 0 }],
    });
    const retried = at(NOON, { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' });
    const again = [refused(), sent, retried];
    expect(decide(recordOf({}, again), policy, NOON).steps).toMatchObject([{ name: 'generate', attempt: 1 }]);
    expect(decide(recordOf({}, [...again, refused(1)]), policy, NOON)).toMatchObject({
      steps: [],
      attention: [{ key: 'brief_refused', attempt: 1 }],
    });
  });

  test('that was released for another reason is still declined', () => {
    const released = at(NOON, { type: 'operator_released', round: '0', attentionKey: 'no_brief', by: 'ada' });
    const decision = decide(recordOf({ brief: null }, [released, refused()]), policy, NOON);
    expect(decision.attention).toMatchObject([{ key: 'brief_refused' }]);
  });
});

describe('an order paid after the quote expired', () => {
  const priced = at(NOON, { type: 'priced', handler: 'painter', priceUsd: '45.00', validHours: 24 });
  const quoted = at(NOON, { type: 'quoted', priceUsd: '45.00', found: false });
  const paidAt = (time: number) => ({ observedAt: time });
  const late = NOON + 31 * HOUR;

  test('is held before anything is generated, with its lateness, until it is released', () => {
    const record = recordOf({}, [priced, quoted], paidAt(late));
    const decision = decide(record, policy, late);
    expect(decision).toMatchObject({
      stage: 'held',
      steps: [],
      attention: [{ key: 'quote_expired', actions: ['release'], round: '0' }],
    });
    expect(decision.attention[0]?.reason).toContain('paid 7 hours after the quote expired');
    const released = {
      type: 'operator_released',
      round: '0',
      attentionKey: 'quote_expired',
      by: 'ada',
    } as const;
    const record2 = recordOf({}, [priced, quoted, at(late, released)], paidAt(late));
    expect(decide(record2, policy, late).steps).toMatchObject([{ name: 'generate' }]);
  });

  test('is in time if the webhook of the payment was, however late we read the order', () => {
    const heard = at(NOON + HOUR, { type: 'heard', event: 'order.paid', bodyHash: 'a' });
    expect(decide(recordOf({}, [priced, quoted, heard], paidAt(late)), policy, late).attention).toEqual([]);
  });

  test('is in time within the validity, and always without a validity', () => {
    const soon = NOON + 24 * HOUR;
    expect(decide(recordOf({}, [priced, quoted], paidAt(soon)), policy, soon).attention).toEqual([]);
    const endless = at(NOON, { type: 'priced', handler: 'painter', priceUsd: '45.00' });
    expect(decide(recordOf({}, [endless, quoted], paidAt(late)), policy, late).attention).toEqual([]);
  });

  test('by minutes shows that', () => {
    const record = recordOf({}, [priced, quoted], paidAt(NOON + 24 * HOUR + MINUTE));
    const { attention } = decide(record, policy, NOON + 25 * HOUR);
    expect(attention[0]?.reason).toContain('paid less than an hour after the quote expired');
  });
});
