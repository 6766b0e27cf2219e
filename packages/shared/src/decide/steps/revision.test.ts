import { describe, expect, test } from 'vitest';
import type { Recorded } from '../../facts/facts.ts';
import { at, delivered, generated, NOON, policyOf, recordOf } from '../../test-support/records.ts';
import { decide } from '../decide.ts';
import { HOUR, MINUTE, SECOND } from '../decision.ts';

const revision = { status: 'revision_requested', revision_count: 1 };
const first = [generated('0', NOON - 9), delivered('0', NOON - 8)];
const LATER = NOON + 10 * MINUTE;

function revised(...facts: Recorded[]) {
  return recordOf(revision, [...first, ...facts]);
}

const requested = at(NOON, {
  type: 'revision_requested',
  revision: 1,
  feedback: 'Bluer.',
  isExtra: false,
});
const asked = at(NOON + MINUTE, {
  type: 'message_intended',
  kind: 'ask_feedback',
  round: '1',
  content: 'What?',
});
const sent = at(NOON + MINUTE, { type: 'message_sent', kind: 'ask_feedback', round: '1', found: false });

test('a revision with feedback is generated at once', () => {
  const decision = decide(revised(requested), policyOf(), NOON);
  expect(decision).toMatchObject({
    stage: 'generating',
    round: '1',
    steps: [{ name: 'generate', round: '1' }],
  });
});

test('feedback of another revision does not count', () => {
  const decision = decide(revised({ ...requested, revision: 2 }), policyOf(), NOON);
  expect(decision).toMatchObject({ stage: 'asking_buyer', steps: [] });
});

describe('without feedback', () => {
  test('the order waits for the webhook that brings it as long as the policy says', () => {
    const policy = policyOf({ feedbackGraceSeconds: 45 });
    const decision = decide(revised(), policy, NOON + 44 * SECOND);
    expect(decision).toMatchObject({ stage: 'asking_buyer', steps: [], attention: [] });
    expect(decision.lookAgainAt).toBe(NOON + 45 * SECOND);
  });

  test('policy ask: the buyer is asked once', () => {
    const decision = decide(revised(), policyOf(), LATER);
    expect(decision.steps).toEqual([{ name: 'send', kind: 'ask_feedback', round: '1', attempt: 0 }]);
    const again = decide(revised(asked, sent), policyOf({ answerLookSeconds: 90 }), LATER);
    expect(again).toMatchObject({ stage: 'asking_buyer', steps: [], attention: [], readThread: '1' });
    expect(again.lookAgainAt).toBe(LATER + 90 * SECOND);
  });

  test('an output that was generated before the feedback was lost is delivered, and the buyer is not asked', () => {
    const decision = decide(revised(generated('1', NOON)), policyOf(), LATER);
    expect(decision.steps).toMatchObject([{ name: 'deliver', round: '1' }]);
  });

  test('the answer counts, also if the generation began before the question', () => {
    const began = at(NOON, {
      type: 'began',
      step: 'generate',
      round: '1',
      attempt: 0,
      start: 0,
      handler: 'h',
    });
    const answer = at(LATER, {
      type: 'buyer_message',
      content: 'Bluer.',
      senderName: null,
      bodyHash: 'a',
      sentAt: LATER,
    });
    const found = at(LATER, { type: 'answer_found', round: '1', content: 'Bluer.' });
    for (const heard of [answer, found]) {
      const decision = decide(revised(began, asked, sent, heard), policyOf(), LATER);
      expect(decision.steps).toMatchObject([{ name: 'generate', round: '1' }]);
    }
  });

  test('policy ask: the thread is read less and less often, and after a week a human is asked', () => {
    const lookAfter = (waited: number) => {
      const now = sent.at + waited;
      const { lookAgainAt, attention, readThread } = decide(revised(asked, sent), policyOf(), now);
      expect(readThread).toBe('1');
      return { wait: (lookAgainAt ?? 0) - now, attention };
    };
    expect(lookAfter(MINUTE)).toEqual({ wait: MINUTE, attention: [] });
    expect(lookAfter(10 * HOUR)).toEqual({ wait: HOUR, attention: [] });
    expect(lookAfter(7 * 24 * HOUR)).toMatchObject({ wait: 6 * HOUR, attention: [{ actions: ['release'] }] });
  });

  test("policy ask: the buyer's messages after our question are the feedback", () => {
    const answer = at(NOON + 2 * MINUTE, {
      type: 'buyer_message',
      content: 'Bluer.',
      senderName: null,
      bodyHash: 'a',
    });
    expect(decide(revised(asked, sent, answer), policyOf(), LATER).steps).toMatchObject([
      { name: 'generate', round: '1' },
    ]);
    const before = { ...answer, at: NOON - MINUTE };
    expect(decide(revised(asked, sent, before), policyOf(), LATER).steps).toEqual([]);
  });

  test('policy ask: an answer found in the thread is the feedback', () => {
    const found = at(LATER, { type: 'answer_found', round: '1', content: 'Bluer.' });
    expect(decide(revised(asked, sent, found), policyOf(), LATER).steps).toMatchObject([
      { name: 'generate', round: '1' },
    ]);
  });

  test.each<[string, Recorded]>([
    ['the thread is too long to read', at(LATER, { type: 'thread_too_long', round: '1' })],
    [
      'the question could not be sent',
      at(LATER, { type: 'message_dropped', kind: 'ask_feedback', round: '1', reason: 'refused' }),
    ],
  ])('policy ask: when %s a human may release the round', (_, fact) => {
    const decision = decide(
      revised(asked, ...(fact.type === 'thread_too_long' ? [sent] : []), fact),
      policyOf(),
      LATER,
    );
    expect(decision).toMatchObject({
      stage: 'held',
      steps: [],
      attention: [{ key: 'no_feedback:1', actions: ['release'], round: '1' }],
    });
  });

  test.each([null, '', '  \n'])(
    'policy ask with the question turned off (%j): the order goes to attention',
    (text) => {
      const decision = decide(revised(), policyOf({ messages: { ask_feedback: text } }), LATER);
      expect(decision).toMatchObject({ stage: 'held', steps: [], attention: [{ key: 'no_feedback:1' }] });
    },
  );

  test('policy fulfil: the round is generated at once without feedback', () => {
    const decision = decide(revised(), policyOf({ revisionWithoutFeedback: 'fulfil' }), NOON);
    expect(decision.steps).toMatchObject([{ name: 'generate', round: '1' }]);
  });

  test('policy hold: the order goes to attention, where a human can release the round', () => {
    const policy = policyOf({ revisionWithoutFeedback: 'hold' });
    const decision = decide(revised(), policy, LATER);
    expect(decision).toMatchObject({ stage: 'held', attention: [{ key: 'no_feedback:1', round: '1' }] });
    const released = at(LATER, { type: 'operator_released', round: '1', by: 'operator' });
    expect(decide(revised(released), policy, LATER)).toMatchObject({
      attention: [],
      steps: [{ name: 'generate', round: '1' }],
    });
  });
});

describe('beyond the revisions included in the price', () => {
  const second = { status: 'revision_requested', revision_count: 2, max_revisions: 1 };
  const feedback = { ...requested, revision: 2 };

  test('policy fulfil: the revision is generated like any other', () => {
    const decision = decide(recordOf(second, [...first, feedback]), policyOf(), NOON);
    expect(decision.steps).toMatchObject([{ name: 'generate', round: '2' }]);
  });

  test('policy hold: a human decides, who can release it', () => {
    const policy = policyOf({ beyondMaxRevisions: 'hold' });
    const held = decide(recordOf(second, [...first, feedback]), policy, NOON);
    expect(held).toMatchObject({
      stage: 'held',
      steps: [],
      attention: [{ key: 'beyond_max_revisions:2', actions: ['release', 'acknowledge'], round: '2' }],
    });
    const released = at(NOON, { type: 'operator_released', round: '2', by: 'operator' });
    expect(decide(recordOf(second, [...first, feedback, released]), policy, NOON).steps).toMatchObject([
      { name: 'generate', round: '2' },
    ]);
  });

  test('policy hold: a release does not replace the feedback, and files by hand do', () => {
    const policy = policyOf({ beyondMaxRevisions: 'hold' });
    const attentionKey = 'beyond_max_revisions:2';
    const released = at(NOON, { type: 'operator_released', round: '2', attentionKey, by: 'operator' });
    expect(decide(recordOf(second, [...first, released]), policy, NOON)).toMatchObject({
      stage: 'asking_buyer',
      attention: [],
    });
    const byHand = { ...released, byHand: 'upload_0' };
    expect(decide(recordOf(second, [...first, byHand]), policy, NOON).steps).toMatchObject([
      { name: 'generate', round: '2' },
    ]);
  });

  test('policy hold: the last included revision is not held', () => {
    const record = recordOf({ ...second, revision_count: 1 }, [...first, requested]);
    expect(decide(record, policyOf({ beyondMaxRevisions: 'hold' }), NOON).attention).toEqual([]);
  });
});
