import { describe, expect, test } from 'vitest';
import type { Recorded } from '../facts/facts.ts';
import type { ThreadMessage } from '../order/thread.ts';
import { messageText } from '../policy/messages.ts';
import { at, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { contentHash } from '../text/content-hash.ts';
import { feedbackFor } from './feedback.ts';
import { threadFacts } from './thread-facts.ts';

const policy = policyOf();
const CREATED_AT = '2026-11-23 12:00:00';
const MINUTE = 60_000;

const buyer = (content: string, createdAt: string | null = CREATED_AT): ThreadMessage => ({
  fromBuyer: true,
  senderName: 'Ada',
  content,
  createdAt,
});
const seller = (content: string): ThreadMessage => ({ ...buyer(content), fromBuyer: false });
const heard = (content: string, sentAt: number | undefined): Recorded =>
  at(NOON, { type: 'buyer_message', content, senderName: 'Ada', bodyHash: 'of the body', sentAt });
const factsIn = (thread: ThreadMessage[], ...facts: Recorded[]) =>
  threadFacts(recordOf({ status: 'delivered' }, facts), policy, thread);

test("the buyer's messages in a thread become facts, with the time that the marketplace shows", () => {
  expect(factsIn([buyer('Hi'), buyer('There?', null), buyer(' ')])).toEqual([
    { type: 'buyer_message', content: 'Hi', senderName: 'Ada', bodyHash: contentHash('Hi'), sentAt: NOON },
    { type: 'buyer_message', content: 'There?', senderName: 'Ada', bodyHash: contentHash('There?') },
  ]);
});

describe('a message in the record', () => {
  test.each([
    ['a webhook brought it', NOON + 5000, 0],
    ['a webhook of an earlier version brought it', undefined, 0],
    ['a webhook brought the same words on another day', NOON - 24 * 60 * MINUTE, 1],
  ])('%s', (_, sentAt, count) => {
    expect(factsIn([buyer('Hi')], heard('Hi', sentAt))).toHaveLength(count);
  });

  test('that was dropped from the record does not return', () => {
    const kept = Array.from({ length: 200 }, (_, index) => heard(`Hm ${index}`, NOON + index * MINUTE));
    expect(factsIn([buyer('Hi', '2026-11-23 11:59:00')], ...kept)).toEqual([]);
    expect(factsIn([buyer('Hi', '2026-11-23 12:01:00')], ...kept)).toHaveLength(1);
  });
});

test("a message of ours is the operator's, unless the product sent it or would send it", () => {
  const text =
    messageText(recordOf({ status: 'delivered' }), policy, { kind: 'delivered', round: '0' }) ?? '';
  const sent = at(NOON, { type: 'message_intended', kind: 'delayed', round: '0', content: 'Soon.' });
  expect(factsIn([seller(text), seller('Soon.'), seller('It is a dog.')], sent)).toMatchObject([
    { type: 'seller_message', content: 'It is a dog.', sentAt: NOON },
  ]);
});

test('a message before our question does not answer it, whenever the thread is read', () => {
  const asked = at(NOON, { type: 'message_intended', kind: 'ask_feedback', round: '1', content: 'What?' });
  const before = recordOf({ status: 'revision_requested', revision_count: 1 }, [asked]);
  const thread = [buyer('Hi', null), seller('What?'), buyer('Bluer.', null)];
  const facts = threadFacts(before, policy, thread).map((fact) => at(NOON + 1, fact));
  expect(feedbackFor({ ...before, facts: [...before.facts, ...facts] }, '1')).toBe('Bluer.');
});
