import { describe, expect, test } from 'vitest';
import type { Recorded } from '../facts/facts.ts';
import { at, delivered, generated, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { decide } from './decide.ts';
import { HOUR } from './decision.ts';

const policy = policyOf({ turnaroundHours: 48 });
const CREATED = NOON - HOUR;
const delayed = { name: 'send', kind: 'delayed', round: '0', attempt: 0 };
const seen = (time: number, status: string, revisionCount = 0): Recorded =>
  at(time, { type: 'seen', status, revisionCount, via: 'read' });

test('the first round is due a turnaround after the order was placed', () => {
  expect(decide(recordOf({}), policy, NOON).dueAt).toBe(CREATED + 48 * HOUR);
});

test("the service's turnaround overrides the policy's, and a bounty's deadline overrides both", () => {
  const record = recordOf({}, [], { turnaroundHours: 6 });
  expect(decide(record, policy, NOON).dueAt).toBe(CREATED + 6 * HOUR);
  const bounty = at(NOON, { type: 'bounty_accepted', budgetUsd: '90', deadlineHours: 2 });
  expect(decide(recordOf({}, [bounty], { turnaroundHours: 6 }), policy, NOON).dueAt).toBe(CREATED + 2 * HOUR);
  const open = at(NOON, { type: 'bounty_accepted', budgetUsd: '90', deadlineHours: null });
  expect(decide(recordOf({}, [open], { turnaroundHours: 6 }), policy, NOON).dueAt).toBe(CREATED + 6 * HOUR);
});

test.each(['pending_quote', 'quoted', 'accepted'])(
  'an order that was seen %s counts from its payment: a buyer who pays late gets no message about a delay',
  (status) => {
    const paidAt = CREATED + 72 * HOUR;
    const record = recordOf({}, [seen(NOON, status)], { observedAt: paidAt });
    const decision = decide(record, policy, paidAt);
    expect(decision.dueAt).toBe(paidAt + 48 * HOUR);
    expect(decision.steps).toMatchObject([{ name: 'generate' }]);
  },
);

test("a revision counts from its request, and a dispute after it from the dispute's beginning", () => {
  const facts = [delivered('0', NOON - 9), seen(NOON + HOUR, 'revision_requested', 1)];
  const revised = recordOf({ status: 'revision_requested', revision_count: 1 }, facts, {
    observedAt: NOON + 2 * HOUR,
  });
  expect(decide(revised, policy, NOON + 2 * HOUR).dueAt).toBe(NOON + 49 * HOUR);
  const disputed = recordOf({ status: 'disputed', revision_count: 1 }, facts, {
    observedAt: NOON + 5 * HOUR,
  });
  expect(decide(disputed, policy, NOON + 5 * HOUR).dueAt).toBe(NOON + 53 * HOUR);
});

test('a revision that the marketplace does not count keeps its due time', () => {
  const facts = [delivered('0', NOON - 9), seen(NOON, 'revision_requested', 0)];
  const record = recordOf({ status: 'revision_requested', revision_count: 0 }, facts, {
    observedAt: NOON + HOUR,
  });
  expect(decide(record, policy, NOON + HOUR).dueAt).toBe(NOON + 48 * HOUR);
});

test('an order is checked when it is due, and then the buyer gets one message about the delay', () => {
  const record = recordOf({}, [], { observedAt: CREATED + 47.99 * HOUR });
  const before = decide(record, policy, CREATED + 47.99 * HOUR);
  expect(before.lookAgainAt).toBe(CREATED + 48 * HOUR);
  expect(before.steps).toMatchObject([{ name: 'generate' }]);
  const after = decide(record, policy, CREATED + 48 * HOUR);
  expect(after.steps).toMatchObject([{ name: 'generate' }, delayed]);
  const sent = at(CREATED + 48 * HOUR, { type: 'message_sent', kind: 'delayed', round: '0', found: false });
  expect(
    decide({ ...record, facts: [...record.facts, sent] }, policy, CREATED + 49 * HOUR).steps,
  ).toHaveLength(1);
});

test('the buyer gets a message about a delay that a failed step causes, too', () => {
  const failed = at(NOON, { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'it broke' });
  expect(decide(recordOf({}, [failed]), policy, NOON + 72 * HOUR).steps).toEqual([delayed]);
});

test('no message about a delay is sent while the order waits for the buyer, or for a human by policy', () => {
  const late = NOON + 100 * HOUR;
  const facts = [generated('0', NOON - 9), delivered('0', NOON - 8)];
  const told = (round: string) =>
    at(NOON, { type: 'message_sent', kind: 'dispute_received', round, found: false });
  const disputed = recordOf({ status: 'disputed' }, [...facts, told('0d')]);
  expect(decide(disputed, policy, late).steps).toEqual([]);
  const sent = at(NOON, { type: 'message_sent', kind: 'ask_feedback', round: '1', found: false });
  const asking = recordOf({ status: 'revision_requested', revision_count: 1 }, [...facts, sent]);
  expect(decide(asking, policy, late).steps).toEqual([]);
});

test('nothing is due after the delivery', () => {
  const record = recordOf({}, [generated('0'), delivered('0', NOON + 1)]);
  expect(decide(record, policy, NOON + 2).dueAt).toBeNull();
});

describe('an order with a workspace', () => {
  const EXPIRY = CREATED + 24 * HOUR;
  const workspace = { status: 'in_progress', workspace_expires_at: new Date(EXPIRY).toISOString() };

  test('is due when its workspace expires, if that is before its turnaround', () => {
    expect(decide(recordOf(workspace), policy, NOON).dueAt).toBe(EXPIRY);
    const fast = recordOf(workspace, [], { turnaroundHours: 6 });
    expect(decide(fast, policy, NOON).dueAt).toBe(CREATED + 6 * HOUR);
  });

  test('that expired without a delivery still needs it, and is late', () => {
    const expired = { ...workspace, status: 'delivered', deliverable_url: null };
    const decision = decide(recordOf(expired), policy, EXPIRY);
    expect(decision).toMatchObject({ stage: 'generating', round: '0', dueAt: EXPIRY });
    expect(decision.steps).toMatchObject([{ name: 'generate' }, delayed]);
    const made = decide(recordOf(expired, [generated('0')]), policy, EXPIRY);
    expect(made.steps).toMatchObject([{ name: 'deliver', round: '0' }, delayed]);
    const failed = at(NOON, { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'it broke' });
    expect(decide(recordOf(expired, [failed]), policy, EXPIRY).attention).toMatchObject([
      { reason: 'it broke' },
    ]);
  });

  test('needs nothing if an operator delivered on the website', () => {
    const record = recordOf({
      ...workspace,
      status: 'delivered',
      deliverable_url: 'https://files.example/by-hand',
    });
    expect(decide(record, policy, NOON)).toMatchObject({ stage: 'in_review', steps: [], attention: [] });
  });

  test('needs nothing after our delivery, although an old answer shows no deliverable', () => {
    const record = recordOf({ ...workspace, status: 'delivered', deliverable_url: null }, [
      generated('0'),
      delivered('0', NOON - 1),
    ]);
    expect(decide(record, policy, NOON)).toMatchObject({ stage: 'in_review' });
  });

  test('has a revision due one turnaround after its request, although the workspace has expired', () => {
    const facts = [delivered('0', NOON - 9), seen(EXPIRY + HOUR, 'revision_requested', 1)];
    const record = recordOf({ ...workspace, status: 'revision_requested', revision_count: 1 }, facts, {
      observedAt: EXPIRY + 2 * HOUR,
    });
    expect(decide(record, policy, EXPIRY + 2 * HOUR).dueAt).toBe(EXPIRY + 49 * HOUR);
  });
});
