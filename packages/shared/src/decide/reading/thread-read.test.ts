import { describe, expect, test } from 'vitest';
import { at, NOON, policyOf, recordOf } from '../../test-support/records.ts';
import { decide } from '../decide.ts';
import { HOUR, MINUTE } from '../decision.ts';

const mustRead = (now: number, rest: { threadReadAt?: number; heardAt?: number; status?: string } = {}) => {
  const { threadReadAt = 0, heardAt, status = 'paid' } = rest;
  const heard = { type: 'heard', event: 'order.paid', bodyHash: 'h', sentAt: NOON } as const;
  const record = recordOf({ status }, heardAt === undefined ? [] : [at(heardAt, heard)], { threadReadAt });
  return decide(record, policyOf(), now).readMessages;
};

describe('without webhooks, the thread of an open order is read for messages', () => {
  test('every half hour', () => {
    expect(mustRead(NOON + 29 * MINUTE)).toBe(false);
    expect(mustRead(NOON + 30 * MINUTE)).toBe(true);
    expect(mustRead(NOON + 59 * MINUTE, { threadReadAt: NOON + 30 * MINUTE })).toBe(false);
    expect(mustRead(NOON + HOUR, { threadReadAt: NOON + 30 * MINUTE })).toBe(true);
  });

  test.each(['paid', 'in_progress', 'revision_requested', 'delivered', 'disputed'])('%s', (status) => {
    expect(mustRead(NOON + HOUR, { status })).toBe(true);
  });

  test.each(['pending_quote', 'quoted', 'completed', 'cancelled', 'escrowed'])('not %s', (status) => {
    expect(mustRead(NOON + HOUR, { status })).toBe(false);
  });

  test('also after the clock stepped back', () => {
    expect(mustRead(NOON, { threadReadAt: NOON + HOUR })).toBe(true);
  });
});

test('recent webhooks make these reads rare, and those of another day do not', () => {
  const [heardAt, threadReadAt] = [NOON, NOON];
  expect(mustRead(NOON + 5 * HOUR, { heardAt, threadReadAt })).toBe(false);
  expect(mustRead(NOON + 6 * HOUR, { heardAt, threadReadAt })).toBe(true);
  expect(mustRead(NOON + 25 * HOUR, { heardAt, threadReadAt: NOON + 24 * HOUR })).toBe(true);
});
