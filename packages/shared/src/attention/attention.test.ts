import { describe, expect, test } from 'vitest';
import { factSchema } from '../facts/facts.ts';
import { ATTENTIONS } from '../test-support/attentions.ts';
import { acknowledgement, answerAttention } from './answer-attention.ts';
import { raise, readAttention } from './attention.ts';
import { ATTENTION_ACTIONS, canBeAcknowledged } from './attention-actions.ts';
import { attentionKey, isKeyOf, parseAttentionKey } from './attention-key.ts';
import type { AttentionCause } from './details.ts';

const EVERY = Object.values(ATTENTIONS);

/** Acknowledgements and releases in stored records name these keys. */
const STORED_KEYS: Record<AttentionCause, string> = {
  failed: 'failed:generate:1:2',
  stopped: 'stopped:generate:1:2',
  quote_declined: 'refused:1',
  brief_declined: 'brief_refused',
  no_brief: 'no_brief',
  quote_expired: 'quote_expired',
  service_unknown: 'service_unknown',
  beyond_max_revisions: 'beyond_max_revisions:4',
  no_feedback: 'no_feedback:1',
  review: 'review:0:1',
  draft_declined: 'refused:0:1',
  disputed: 'disputed:0d',
  payout_failed_early: 'payout_failed_early',
  payout_failed: 'payout_failed',
  payout_unseen: 'payout_unseen:2',
  payout_already_paid: 'payout_already_paid:1',
  payout_no_wallet: 'payout_no_wallet:1',
  payout_retry_rejected: 'payout_retry_rejected:1',
  read_denied: 'unreadable:3:refusal',
  read_failing: 'unreadable:3',
  held_up: 'held_up:generate:1:2:3',
  rate_limited: 'rate_limited:generate:1:2',
  put_off: 'put_off:generate:1:2',
  late: 'late:generate:1:2',
  not_redelivered: 'not_redelivered:0:1',
  unknown_status: 'unknown_status:a:new:one',
  quote_contradicted: 'contradicted:quote',
  delivery_contradicted: 'contradicted:0',
  disputed_again: 'contradicted:0d',
  overwritten: 'overwritten:0',
  completed_undelivered: 'completed_undelivered',
  delivery_unknown: 'delivered_unknown',
  unread_message: 'unread_message:1795000000000',
};

describe('the key of an attention', () => {
  test.each(EVERY)('for $cause is the key that stored facts name', (details) => {
    expect(attentionKey(details)).toBe(STORED_KEYS[details.cause]);
  });

  test('for a first quote, or a first payout, has no number', () => {
    expect(attentionKey({ ...ATTENTIONS.quote_declined, attempt: 0 })).toBe('refused');
    expect(attentionKey({ ...ATTENTIONS.payout_unseen, attempt: 0 })).toBe('payout_unseen');
  });

  test('contains the failed step, and the last message that was read', () => {
    expect(parseAttentionKey(STORED_KEYS.failed)).toEqual({ prefix: 'failed', stepKey: 'generate:1' });
    expect(parseAttentionKey(STORED_KEYS.unread_message).readUntil).toBe(1_795_000_000_000);
  });

  test('in a release belongs to one cause that can be released', () => {
    const releasable = EVERY.filter((details) => raise(details).actions.includes('release'));
    for (const details of releasable) {
      const key = attentionKey(details);
      expect(releasable.filter(({ cause }) => isKeyOf(key, cause))).toEqual([details]);
    }
  });
});

describe('an operator', () => {
  test.each(EVERY)('has an action for $cause, and each action writes a fact', (details) => {
    const attention = raise(details);
    expect(attention.actions.length).toBeGreaterThan(0);
    for (const action of ATTENTION_ACTIONS) {
      const fact = answerAttention(attention, { action, note: 'n', message: '' }, 'ops');
      if (attention.actions.includes(action)) expect(factSchema.parse(fact)).toEqual(fact);
      else expect(fact).toBeNull();
    }
    expect(attention.actions.includes('acknowledge')).toBe(canBeAcknowledged(details.cause));
  });

  test('acknowledges the messages up to the last one that they read', () => {
    const { key, readUntil } = { ...raise(ATTENTIONS.unread_message), ...ATTENTIONS.unread_message };
    expect(acknowledgement({ key, readUntil }, 'ops')).toMatchObject({ attentionKey: key, readUntil });
  });
});

describe('a stored attention', () => {
  test.each(EVERY)('for $cause reads back completely', (details) => {
    const attention = raise(details);
    expect(readAttention(JSON.parse(JSON.stringify(attention)))).toEqual(attention);
  });

  test('of another version keeps its key and text, and offers no action', () => {
    const stored = { key: 'failed:generate:0:0', reason: 'it broke', actions: ['retry'], attempt: 0 };
    expect(readAttention(stored)).toEqual({
      kind: 'unclassified',
      cause: 'unclassified',
      key: 'failed:generate:0:0',
      title: 'The failed step "Generate the first version"',
      reason: 'it broke',
      actions: [],
    });
    expect(readAttention({ ...stored, kind: 'of_a_later_version', cause: 'x' })).toMatchObject({
      key: stored.key,
    });
  });

  test.each([null, 'text', {}, { key: 1, reason: 'because' }])(
    'that is damaged (%j) is left out',
    (stored) => {
      expect(readAttention(stored)).toBeNull();
    },
  );
});

test('orders with the same trouble have the same title, whatever their round and attempt', () => {
  const other = { ...ATTENTIONS.failed, stepKey: 'generate:0', attempt: 0 };
  expect(raise(other).title).toBe(raise(ATTENTIONS.failed).title);
  expect(raise({ ...other, handler: 'writer' }).title).not.toBe(raise(other).title);
});
