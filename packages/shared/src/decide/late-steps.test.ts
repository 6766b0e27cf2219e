import { expect, test } from 'vitest';
import { at, generated, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { decide } from './decide.ts';
import { HOUR } from './decision.ts';

const policy = policyOf({ turnaroundHours: 4 });
/** The order was placed an hour before noon. */
const DUE = NOON + 3 * HOUR;
const limited = (stepKey: string, attempt = 0) =>
  at(NOON, { type: 'rate_limited', stepKey, attempt, reason: 'refused for 3600 s' });

test('an order whose delivery is rate-limited goes to attention once it is due, and continues', () => {
  const record = recordOf({}, [generated('0'), limited('deliver:0')], { observedAt: DUE });
  expect(decide(record, policy, DUE - 1).attention).toEqual([]);
  const { attention, steps } = decide(record, policy, DUE);
  expect(attention).toMatchObject([{ key: 'rate_limited:deliver:0:0', actions: ['acknowledge'] }]);
  expect(attention[0]?.reason).toContain('429');
  expect(steps).toContainEqual({ name: 'deliver', round: '0', attempt: 0 });
});

test('a refusal of another step or attempt does not count for this one', () => {
  const facts = [generated('0'), limited('publish:0'), limited('deliver:0', 1)];
  const { attention } = decide(recordOf({}, facts, { observedAt: DUE }), policy, DUE);
  expect(attention.map(({ key }) => key)).toEqual(['late:deliver:0:0']);
});

test('a delivery past due needs a human although no job of it ran, ten minutes after it became possible', () => {
  const made = (time: number) => recordOf({}, [generated('0', time)], { observedAt: DUE });
  expect(decide(made(NOON), policy, DUE - 1).attention).toEqual([]);
  expect(decide(made(NOON), policy, DUE).attention).toMatchObject([{ key: 'late:deliver:0:0' }]);
  expect(decide(made(DUE - 1), policy, DUE).attention).toEqual([]);
});

test('a delivery of unknown outcome past due goes to attention with the reason', () => {
  const deliverables = [{ url: 'https://a.example/1', mediaType: 'image' as const }];
  const intended = at(NOON + 1, { type: 'delivery_intended', round: '0', draft: 0, deliverables });
  const facts = [generated('0'), limited('deliver:0'), intended];
  const [late] = decide(recordOf({}, facts, { observedAt: DUE }), policy, DUE).attention;
  expect(late?.key).toBe('late:deliver:0:0');
  expect(late?.reason).toContain('outcome of its last call is unknown');
});

test('a rate-limited quote is due when its order would be, however often the order is polled', () => {
  const priced = at(NOON, { type: 'priced', handler: 'painter', priceUsd: '45.00' });
  const record = recordOf({ status: 'pending_quote' }, [priced, limited('quote:0')], { observedAt: DUE });
  expect(decide(record, policy, DUE - 1).attention).toEqual([]);
  expect(decide(record, policy, DUE).attention).toMatchObject([{ key: 'rate_limited:quote:0:0' }]);
});

test('a step that its service puts off needs a human at the due time, unless it runs', () => {
  const step = { step: 'generate', round: '0', attempt: 0 } as const;
  const began = (time: number, start: number) =>
    at(time, { type: 'began', ...step, start, handler: 'painter' });
  const putOff = at(NOON + 1, { type: 'put_off', ...step, index: 0, waitSeconds: 60, reason: 'it is busy' });
  const waiting = recordOf({}, [began(NOON, 0), putOff], { observedAt: DUE });
  expect(decide(waiting, policy, DUE - 1).attention).toEqual([]);
  const { attention } = decide(waiting, policy, DUE);
  expect(attention).toMatchObject([{ key: 'put_off:generate:0:0' }]);
  expect(attention[0]?.reason).toContain('it is busy');
  const running = recordOf({}, [began(NOON, 0), putOff, began(NOON + 2, 1)], { observedAt: DUE });
  expect(decide(running, policy, DUE).attention).toEqual([]);
});

test('without a time of the marketplace, the due time counts from our first event, and no poll moves it', () => {
  const seenAt = (observedAt: number) => {
    const seen = at(NOON, { type: 'seen', status: 'paid', revisionCount: 0, via: 'poll' });
    return { ...recordOf({ created_at: null, revision_count: 1 }, [], { observedAt }), facts: [seen] };
  };
  for (const observedAt of [NOON, DUE]) {
    expect(decide(seenAt(observedAt), policy, DUE).dueAt).toBe(NOON + 4 * HOUR);
  }
});
