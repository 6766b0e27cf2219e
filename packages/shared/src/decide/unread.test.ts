import { expect, test } from 'vitest';
import { acknowledgement } from '../attention/answer-attention.ts';
import type { Recorded } from '../facts/facts.ts';
import { at, delivered, generated, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { decide } from './decide.ts';
import { HOUR, MINUTE } from './decision.ts';
import { findUnread } from './unread.ts';

const wrote = (time: number, content = 'Could it be square?') =>
  at(time, { type: 'buyer_message', content, senderName: 'Ada', bodyHash: `${time}`, sentAt: time });
const sent = (time: number) =>
  at(time, { type: 'message_sent', kind: 'delivered', round: '0', found: false });
const acknowledged = (time: number, attentionKey: string) =>
  at(time, { type: 'operator_acknowledged', attentionKey, by: 'ann' });
const asked = (time: number) =>
  at(time, { type: 'message_intended', kind: 'ask_feedback', round: '1', content: 'What should we change?' });
const began = (time: number) =>
  at(time, { type: 'began', step: 'generate', round: '1', attempt: 0, start: 0, handler: 'painter' });

test('an automatic message is not an answer, and the order stays unread', () => {
  expect(findUnread(recordOf({}))).toBeNull();
  const messages = [wrote(NOON + 1), wrote(NOON + 2, 'Hello?')];
  expect(findUnread(recordOf({}, messages))).toMatchObject({ count: 2, last: 'Hello?' });
  expect(findUnread(recordOf({}, [...messages, sent(NOON + 3)]))).toMatchObject({ count: 2 });
});

test('an acknowledgement names the last message that the operator read', () => {
  const unread = findUnread(recordOf({}, [wrote(NOON + 1), wrote(NOON + 2)]));
  expect(unread).toMatchObject({ key: `unread_message:${NOON + 2}`, readUntil: NOON + 2 });
  const noted = at(NOON + HOUR, acknowledgement({ key: 'any', readUntil: NOON + 2 }, 'ann'));
  const later = [wrote(NOON + 1), wrote(NOON + 2), noted, wrote(NOON + 3)];
  expect(findUnread(recordOf({}, later))).toMatchObject({ count: 1 });
});

test('an acknowledgement covers the messages that the operator saw, and no later one', () => {
  const key = findUnread(recordOf({}, [wrote(NOON + 1)]))?.key ?? '';
  const noted = [wrote(NOON + 1), acknowledged(NOON + HOUR, key)];
  expect(findUnread(recordOf({}, noted))).toBeNull();
  // The message came after the page was loaded and before the button was pressed.
  expect(findUnread(recordOf({}, [...noted, wrote(NOON + 2)]))).toMatchObject({ count: 1 });
});

test('an answer that became the feedback of a revision is not unread, but a message after the work began is', () => {
  const order = { status: 'revision_requested', revision_count: 1 };
  const answered = [asked(NOON), wrote(NOON + MINUTE, 'Bluer.')];
  expect(findUnread(recordOf(order, answered))).toBeNull();
  expect(findUnread(recordOf(order, [...answered, began(NOON + 2 * MINUTE)]))).toBeNull();
  const late = [...answered, began(NOON + 2 * MINUTE), wrote(NOON + 3 * MINUTE, 'And bigger.')];
  expect(findUnread(recordOf(order, late))).toMatchObject({ count: 1, last: 'And bigger.' });
});

test("an operator's answer on Atelier covers the buyer's earlier messages, in any order of arrival", () => {
  const answered = (time: number, sentAt: number | undefined = time) =>
    at(time, { type: 'seller_message', content: 'A dog.', senderName: null, bodyHash: 's', sentAt });
  expect(findUnread(recordOf({}, [wrote(NOON + 1), answered(NOON + MINUTE)]))).toBeNull();
  const heardLate = [answered(NOON + HOUR, NOON + MINUTE), wrote(NOON + 2 * MINUTE)];
  expect(findUnread(recordOf({}, heardLate))).toMatchObject({ count: 1 });
  const facts = [answered(NOON + HOUR, NOON + MINUTE), { ...wrote(NOON + HOUR), sentAt: NOON }];
  expect(findUnread(recordOf({}, [], { facts }))).toBeNull();
  const { sentAt: _, ...old } = wrote(NOON);
  expect(findUnread(recordOf({}, [old, answered(NOON + 1)]))).toBeNull();
});

test('an acknowledgement covers no message after a clock step', () => {
  const before = wrote(NOON + HOUR);
  const facts = [before, acknowledged(NOON + HOUR + 1, `unread_message:${before.at}`)];
  const later = wrote(NOON, 'Are you there?');
  expect(findUnread(recordOf({}, [], { facts }))).toBeNull();
  expect(findUnread(recordOf({}, [], { facts: [...facts, later] }))).toMatchObject({ count: 1 });
});

test('a second answer before the work begins is feedback, too, and a message after the round is unread', () => {
  const order = { status: 'revision_requested', revision_count: 1 };
  const found = at(NOON + MINUTE, { type: 'answer_found', round: '1', content: 'Bluer.' });
  const answered = [asked(NOON), found, wrote(NOON + 2 * MINUTE, 'And remove my name!')];
  expect(findUnread(recordOf(order, answered))).toBeNull();
  const over = at(NOON + 3 * MINUTE, { type: 'seen', status: 'delivered', revisionCount: 1, via: 'poll' });
  const thanks = wrote(NOON + 4 * MINUTE, 'Thanks, but why?');
  const record = recordOf({ status: 'delivered', revision_count: 1 }, [...answered, over, thanks]);
  expect(findUnread(record)).toMatchObject({ count: 1, last: 'Thanks, but why?' });
});

const reviewed = { status: 'delivered' };
const inReview = [generated('0'), delivered('0', NOON - 1), sent(NOON)];
const keys = (status: object, policy = policyOf(), facts: Recorded[] = [wrote(NOON + 1)]) =>
  decide(
    recordOf({ deliverable_url: 'https://files.example/1', ...status }, facts),
    policy,
    NOON + HOUR,
  ).attention.map(({ key }) => key);

test.each(['paid', 'in_progress', 'revision_requested', 'delivered', 'disputed'])(
  'a message goes to attention while the order is %s, unless the policy says never',
  (status) => {
    const facts = [...(status === 'delivered' ? inReview : []), wrote(NOON + 1)];
    expect(keys({ status }, policyOf(), facts)).toContain(`unread_message:${NOON + 1}`);
    expect(keys({ status }, policyOf({ unreadMessages: 'never' }), facts)).not.toContain(
      `unread_message:${NOON + 1}`,
    );
  },
);

test.each(['completed', 'cancelled', 'quoted'])(
  'a message to an order that is %s is unread, and goes to attention only if the policy says always',
  (status) => {
    expect(keys({ status })).toEqual([]);
    const { unread } = decide(recordOf({ status }, [wrote(NOON + 1)]), policyOf(), NOON + HOUR);
    expect(unread).toMatchObject({ count: 1 });
    expect(keys({ status }, policyOf({ unreadMessages: 'always' }))).toEqual([`unread_message:${NOON + 1}`]);
  },
);

test('an unread message delays nothing, and only its beginning is quoted', () => {
  const decision = decide(recordOf({}, [wrote(NOON + 1, 'x'.repeat(5000))]), policyOf(), NOON + 2);
  expect(decision.steps).toMatchObject([{ name: 'generate' }]);
  expect(decision.attention).toMatchObject([{ actions: ['acknowledge'] }]);
  expect(decision.attention[0]?.reason.length).toBeLessThan(300);
  const review = decide(recordOf(reviewed, [...inReview, wrote(NOON + 1)]), policyOf(), NOON + 2);
  expect(review).toMatchObject({ stage: 'in_review', steps: [] });
  expect(review.attention).toHaveLength(1);
});
