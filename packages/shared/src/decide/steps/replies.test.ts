import { expect, test } from 'vitest';
import type { Fact } from '../../facts/facts.ts';
import { messageText } from '../../policy/messages.ts';
import { nextReplyNumber, repliesOf } from '../../record/replies.ts';
import { at, NOON, policyOf, recordOf } from '../../test-support/records.ts';
import { decide } from '../decide.ts';
import { findUnread } from '../unread.ts';

const policy = policyOf({});
const wrote = (number: number, content = 'Yes, in two sizes.'): Fact => ({
  type: 'operator_message',
  number,
  content,
  by: 'Ada',
});
const withdrawn = (number: number): Fact => ({ type: 'operator_message_withdrawn', number, by: 'Ben' });
const ofReply = (number: number) => ({ kind: 'reply', round: String(number) }) as const;
const intended = (number: number): Fact => ({
  type: 'message_intended',
  ...ofReply(number),
  content: 'Yes, in two sizes.',
});
const sent = (number: number): Fact => ({ type: 'message_sent', ...ofReply(number), found: false });
const givenUp = (number: number): Fact => ({ type: 'message_dropped', ...ofReply(number), reason: 'no' });
const record = (status: string, ...facts: Fact[]) =>
  recordOf(
    { status },
    facts.map((fact, index) => at(NOON + index, fact)),
  );
const repliesIn = (...args: Parameters<typeof record>) =>
  decide(record(...args), policy, NOON + 1000).steps.flatMap((step) =>
    step.name === 'send' && step.kind === 'reply' ? [step.round] : [],
  );
const stateIn = (...facts: Fact[]) => repliesOf(record('paid', ...facts)).map(({ state }) => state);

test('messages of operators are sent one after the other, in their order', () => {
  expect(repliesIn('paid', wrote(0), wrote(1))).toEqual(['0']);
  expect(repliesIn('paid', wrote(0), wrote(1), intended(0))).toEqual(['0']);
  expect(repliesIn('paid', wrote(0), wrote(1), intended(0), sent(0))).toEqual(['1']);
  expect(repliesIn('paid', wrote(0), wrote(1), intended(0), givenUp(0))).toEqual(['1']);
  expect(repliesIn('paid', wrote(0), intended(0), sent(0))).toEqual([]);
});

test('a finished order is checked again until its message is sent', () => {
  const completed = (...facts: Fact[]) => decide(record('completed', ...facts), policy, NOON + 1000);
  expect(repliesIn('completed', wrote(0))).toEqual(['0']);
  expect(completed(wrote(0)).lookAgainAt).toBeLessThanOrEqual(NOON + 1000 + policy.workLookSeconds * 1000);
});

test('no message goes in a status in which the marketplace takes none', () => {
  for (const status of ['pending_quote', 'quoted', 'cancelled'])
    expect(repliesIn(status, wrote(0))).toEqual([]);
});

test('a withdrawn message is not sent, unless its sending began before', () => {
  expect(stateIn(wrote(0))).toEqual(['queued']);
  expect(stateIn(wrote(0), withdrawn(0))).toEqual(['withdrawn']);
  expect(stateIn(wrote(0), withdrawn(0), intended(0))).toEqual(['withdrawn']);
  expect(stateIn(wrote(0), intended(0), withdrawn(0))).toEqual(['sending']);
  expect(stateIn(wrote(0), intended(0), sent(0), withdrawn(0))).toEqual(['sent']);
  expect(repliesIn('paid', wrote(0), withdrawn(0), wrote(1))).toEqual(['1']);
  expect(messageText(record('paid', wrote(0), withdrawn(0)), policy, ofReply(0))).toBeNull();
  expect(messageText(record('paid', wrote(0)), policy, ofReply(0))).toBe('Yes, in two sizes.');
});

test('a message answers what the buyer wrote before, unless it does not reach the buyer', () => {
  const asked: Fact = { type: 'buyer_message', content: 'In two sizes?', senderName: null, bodyHash: 'a' };
  const unread = (...facts: Fact[]) => findUnread(record('paid', ...facts))?.count ?? 0;
  expect(unread(asked)).toBe(1);
  expect(unread(asked, wrote(0))).toBe(0);
  expect(unread(wrote(0), asked)).toBe(1);
  expect(unread(asked, wrote(0), withdrawn(0))).toBe(1);
  expect(unread(asked, wrote(0), intended(0), givenUp(0))).toBe(1);
});

test('numbers continue after the newest message', () => {
  expect(nextReplyNumber(record('paid'))).toBe(0);
  expect(nextReplyNumber(record('paid', wrote(7)))).toBe(8);
});
