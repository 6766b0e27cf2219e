import { expect, test } from 'vitest';
import { at, delivered, generated, NOON, policyOf, recordOf, URL_OF } from '../test-support/records.ts';
import { decide } from './decide.ts';
import { MINUTE } from './decision.ts';

const disputed = { status: 'disputed', revision_count: 0 };
const first = [generated('0', NOON - 9), delivered('0', NOON - 8)];
const told = at(NOON, { type: 'dispute_opened', reason: 'It is a dog.', bodyHash: 'a' });
const message = { name: 'send', kind: 'dispute_received', round: '0d' };

test('policy attention: the buyer gets a message, and a human decides', () => {
  const decision = decide(recordOf(disputed, [...first, told]), policyOf(), NOON);
  expect(decision.round).toBe('0d');
  expect(decision.steps).toMatchObject([message]);
  expect(decision.attention).toMatchObject([{ key: 'disputed:0d', actions: ['release', 'acknowledge'] }]);
  expect(decision.attention[0]?.reason).toContain('It is a dog.');
});

test('policy attention: without the webhook the reason is shown as unknown', () => {
  const decision = decide(recordOf(disputed, first), policyOf(), NOON);
  expect(decision.attention[0]?.reason).toContain('did not reach us');
});

test('policy attention: a released dispute is generated and delivered once more', () => {
  const released = at(NOON, { type: 'operator_released', round: '0d', by: 'operator' });
  const record = recordOf(disputed, [...first, released]);
  expect(decide(record, policyOf(), NOON)).toMatchObject({
    attention: [],
    steps: [message, { name: 'generate', round: '0d' }],
  });
});

test('policy redeliver: the round is generated and delivered at once', () => {
  const policy = policyOf({ dispute: 'redeliver' });
  expect(decide(recordOf(disputed, first), policy, NOON).steps).toMatchObject([
    message,
    { name: 'generate', round: '0d' },
  ]);
  const again = recordOf(disputed, [...first, generated('0d')]);
  expect(decide(again, policy, NOON).steps).toMatchObject([message, { name: 'deliver', round: '0d' }]);
});

test('a dispute that returns after another delivery goes to attention only', () => {
  const policy = policyOf({ dispute: 'redeliver' });
  const deliverables = [{ url: URL_OF('0d'), mediaType: 'image' as const }];
  const facts = [
    ...first,
    generated('0d', NOON),
    at(NOON + 1, { type: 'delivered', round: '0d', deliverables, found: false }),
  ];
  const decision = decide(recordOf(disputed, facts, { observedAt: NOON + MINUTE }), policy, NOON + MINUTE);
  expect(decision).toMatchObject({ stage: 'held', steps: [], attention: [{ key: 'contradicted:0d' }] });
});

test('a dispute after a revision is a round of its own', () => {
  const record = recordOf({ status: 'disputed', revision_count: 2 }, [...first, delivered('2', NOON - 5)]);
  expect(decide(record, policyOf(), NOON)).toMatchObject({ round: '2d' });
});
