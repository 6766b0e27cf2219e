import { describe, expect, test } from 'vitest';
import type { Fact } from '../facts/facts.ts';
import { at, generated, NOON, policyOf, recordOf, SERVICE } from '../test-support/records.ts';
import { decide, isWanted } from './decide.ts';
import { HOUR, MINUTE } from './decision.ts';

const policy = policyOf();
const GENERATE = { name: 'generate', round: '0', attempt: 0 } as const;
const unread = (cause: 'not_listed' | 'denied' | 'outage', reason = 'Service not found'): Fact => ({
  type: 'service_unread',
  serviceId: 'srv_1',
  cause,
  reason,
});
const unknown = { service: null };

test('an order whose service is known is served', () => {
  expect(decide(recordOf({}), policy, NOON)).toMatchObject({ steps: [GENERATE], readService: null });
});

describe('an order whose service is unknown', () => {
  test.each([
    ['paid', 'generate'],
    ['pending_quote', 'price'],
  ])('that is %s waits for its service to be read', (status) => {
    const decision = decide(recordOf({ status }, [], unknown), policy, NOON);
    expect(decision).toMatchObject({ stage: 'awaiting_service', steps: [], readService: 'srv_1' });
    expect(decision.attention).toEqual([]);
    expect(decision.lookAgainAt).toBeLessThanOrEqual(NOON + MINUTE);
  });

  test('does not want a step that a worker is running', () => {
    expect(isWanted(recordOf({}, [], unknown), policy, { step: GENERATE, now: NOON })).toBe(false);
  });

  test('is not served by the category of another service', () => {
    const record = recordOf({}, [], { service: { ...SERVICE, id: 'srv_2' } });
    expect(decide(record, policy, NOON)).toMatchObject({ steps: [], readService: 'srv_1' });
  });

  test.each([
    ['not_listed', 10 * MINUTE],
    ['denied', 10 * MINUTE],
    ['outage', HOUR],
  ] as const)('because of %s goes to attention after its patience', (cause, patience) => {
    const record = recordOf({}, [at(NOON, unread(cause))], unknown);
    expect(decide(record, policy, NOON + patience - 1).attention).toEqual([]);
    expect(decide(record, policy, NOON + patience)).toMatchObject({
      stage: 'held',
      readService: 'srv_1',
      attention: [
        {
          key: 'service_unknown',
          actions: ['release'],
          reason: expect.stringContaining('Service not found'),
        },
      ],
    });
  });

  test('is read less and less often', () => {
    const record = recordOf({}, [at(NOON, unread('not_listed'))], unknown);
    const waits = [0, 8 * MINUTE, 24 * HOUR].map((waited) => {
      const now = NOON + waited;
      return (
        (decide({ ...record, observedAt: now }, policyOf({ workLookSeconds: 9999 }), now).lookAgainAt ?? 0) -
        now
      );
    });
    expect(waits).toEqual([15_000, 2 * MINUTE, 15 * MINUTE]);
  });

  test('is served once an operator releases it', () => {
    const released = at(NOON, {
      type: 'operator_released',
      round: '0',
      attentionKey: 'service_unknown',
      by: 'ada',
    });
    const record = recordOf({}, [at(NOON, unread('not_listed')), released], unknown);
    expect(decide(record, policy, NOON + HOUR).steps).toContainEqual(GENERATE);
  });

  test.each<[string, Fact]>([
    ['began', { type: 'began', step: 'generate', round: '0', attempt: 0, start: 0, handler: 'painter' }],
    ['priced', { type: 'priced', handler: 'painter', priceUsd: '45.00' }],
  ])('continues with the handler that %s it', (_how, fact) => {
    const decision = decide(recordOf({}, [at(NOON, fact)], unknown), policy, NOON);
    expect(decision).toMatchObject({ stage: 'generating', steps: [GENERATE], readService: 'srv_1' });
  });

  test('is delivered if its output exists', () => {
    const record = recordOf({}, [generated('0')], unknown);
    expect(decide(record, policy, NOON).steps).toMatchObject([{ name: 'deliver' }]);
  });
});

test('an order of a bounty has no service, and is served', () => {
  const bounty = { service_id: null, service_title: null, bounty_id: 'bty_1' };
  expect(decide(recordOf(bounty, [], unknown), policy, NOON).steps).toEqual([GENERATE]);
});

test('an order that names neither a service nor a bounty waits, then goes to attention', () => {
  const record = recordOf({ service_id: null }, [], unknown);
  expect(decide(record, policy, NOON)).toMatchObject({ stage: 'awaiting_service', readService: null });
  expect(decide(record, policy, NOON + 10 * MINUTE).attention).toMatchObject([
    { key: 'service_unknown', reason: expect.stringContaining('neither a service nor a bounty') },
  ]);
});
