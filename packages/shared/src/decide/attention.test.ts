import { describe, expect, test } from 'vitest';
import { at, delivered, generated, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { decide } from './decide.ts';
import { HOUR } from './decision.ts';

const policy = policyOf();
const acknowledged = (attentionKey: string) =>
  at(NOON, { type: 'operator_acknowledged', attentionKey, by: 'operator' });

test('a step that failed for good waits for a human, who can retry it under the next attempt', () => {
  const failed = at(NOON, { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'it broke' });
  const decision = decide(recordOf({}, [failed]), policy, NOON);
  expect(decision).toMatchObject({
    stage: 'held',
    steps: [],
    attention: [{ key: 'failed:generate:0:0', reason: 'it broke', actions: ['retry'] }],
  });
  const retried = at(NOON, { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'operator' });
  expect(decide(recordOf({}, [failed, retried]), policy, NOON)).toMatchObject({
    stage: 'generating',
    attention: [],
    steps: [{ name: 'generate', round: '0', attempt: 1 }],
  });
});

describe('a step that an operator stopped', () => {
  const stopped = at(NOON, { type: 'operator_stopped', stepKey: 'generate:0', attempt: 0, by: 'ada' });
  const retried = at(NOON + 9, { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' });

  test('is no longer wanted, and waits for a human', () => {
    const decision = decide(recordOf({}, [stopped]), policy, NOON);
    expect(decision).toMatchObject({
      stage: 'held',
      steps: [],
      attention: [{ key: 'stopped:generate:0:0', cause: 'stopped', actions: ['retry'] }],
    });
    expect(decision.attention[0]?.reason).toContain('Ada stopped the step "Generate the first version"');
  });

  test('runs again under the next attempt after a retry', () => {
    expect(decide(recordOf({}, [stopped, retried]), policy, NOON)).toMatchObject({
      attention: [],
      steps: [{ name: 'generate', round: '0', attempt: 1 }],
    });
  });

  test('delivers no output that came after the stop before a retry', () => {
    const late = [stopped, generated('0', NOON + 5)];
    expect(decide(recordOf({}, late), policy, NOON + 9)).toMatchObject({
      steps: [],
      attention: [{ cause: 'stopped' }],
    });
    expect(decide(recordOf({}, [...late, retried]), policy, NOON + 9)).toMatchObject({
      attention: [],
      steps: [{ name: 'deliver' }],
    });
  });

  test('goes on if its output came before the stop', () => {
    const early = [generated('0', NOON - 5), stopped];
    expect(decide(recordOf({}, early), policy, NOON)).toMatchObject({
      attention: [],
      steps: [{ name: 'deliver' }],
    });
  });

  test('can be a pricing', () => {
    const stop = at(NOON, { type: 'operator_stopped', stepKey: 'price:0', attempt: 0, by: 'ada' });
    expect(decide(recordOf({ status: 'pending_quote' }, [stop]), policy, NOON)).toMatchObject({
      steps: [],
      attention: [{ key: 'stopped:price:0:0' }],
    });
  });
});

test('a failure cannot be acknowledged, only retried', () => {
  const failed = at(NOON, { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'it broke' });
  const record = recordOf({}, [failed, acknowledged('failed:generate:0:0')]);
  expect(decide(record, policy, NOON).attention).toHaveLength(1);
});

test('an acknowledged attention is closed, and no other', () => {
  const record = recordOf({ status: 'something_new' });
  const { attention } = decide(record, policy, NOON);
  expect(attention).toMatchObject([{ key: 'unknown_status:something_new', actions: ['acknowledge'] }]);
  expect(attention[0]?.reason).toContain('"something_new"');
  const noted = recordOf({ status: 'something_new' }, [acknowledged('unknown_status:something_new')]);
  expect(decide(noted, policy, NOON).attention).toEqual([]);
  const other = recordOf({ status: 'newer_still' }, [acknowledged('unknown_status:something_new')]);
  expect(decide(other, policy, NOON).attention).toHaveLength(1);
});

test('an order without a brief is held until a human releases it', () => {
  const decision = decide(recordOf({ brief: null }), policy, NOON);
  expect(decision).toMatchObject({ stage: 'held', steps: [], attention: [{ key: 'no_brief', round: '0' }] });
  const released = at(NOON, { type: 'operator_released', round: '0', by: 'operator' });
  expect(decide(recordOf({ brief: null }, [released]), policy, NOON).steps).toMatchObject([
    { name: 'generate' },
  ]);
});

test('wrong fields that are not needed delay nothing', () => {
  const record = recordOf({ reference_urls: 'not json', quoted_price_usd: {}, client_name: [] });
  expect(decide(record, policy, NOON)).toMatchObject({ attention: [], steps: [{ name: 'generate' }] });
});

test('an order with attention is checked again even when nothing else is expected', () => {
  const failed = at(NOON - HOUR, {
    type: 'read_failed',
    observedAt: NOON,
    reads: 0,
    reason: 'gone',
    isRefusal: true,
  });
  const decision = decide(recordOf({ status: 'cancelled' }, [failed]), policy, NOON);
  expect(decision).toMatchObject({ stage: 'cancelled', lookAgainAt: NOON + 6 * HOUR });
  expect(decision.attention).toHaveLength(1);
});

test('the buyer gets the message for the kind of delivery', () => {
  const review = (round: string, revision_count: number) =>
    decide(
      recordOf({ status: 'delivered', revision_count }, [generated(round), delivered(round, NOON)]),
      policy,
      NOON,
    ).steps;
  expect(review('0', 0)).toMatchObject([{ name: 'send', kind: 'delivered', round: '0' }]);
  expect(review('2', 2)).toMatchObject([{ name: 'send', kind: 'revised', round: '2' }]);
  expect(review('2d', 2)).toMatchObject([{ name: 'send', kind: 'delivered', round: '2d' }]);
});

test.each([null, '', ' '])('a message that is turned off (%j) is not requested', (text) => {
  const record = recordOf({ status: 'delivered' }, [generated('0'), delivered('0', NOON)]);
  expect(decide(record, policyOf({ messages: { delivered: text } }), NOON).steps).toEqual([]);
});

const THEIRS = 'https://theirs.example/1';

test('a delivery that was not ours brings the buyer no message', () => {
  expect(decide(recordOf({ status: 'delivered', deliverable_url: THEIRS }), policy, NOON)).toMatchObject({
    steps: [],
    attention: [],
  });
});
