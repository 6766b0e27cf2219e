import { describe, expect, test } from 'vitest';
import type { FactOf, Recorded } from '../facts/facts.ts';
import { at, NOON, recordOf } from '../test-support/records.ts';
import { feedbackFor, isFeedback } from './feedback.ts';

const MINUTE = 60_000;
const ORDER = { status: 'revision_requested', revision_count: 1 };
const asked = at(NOON, { type: 'message_intended', kind: 'ask_feedback', round: '1', content: 'What?' });
const wrote = (time: number, content: string, sentAt = time): Recorded<FactOf<'buyer_message'>> =>
  at(time, { type: 'buyer_message', content, senderName: 'Ada', bodyHash: content, sentAt });
const found = (time: number, content: string) => at(time, { type: 'answer_found', round: '1', content });
const began = (time: number) =>
  at(time, { type: 'began', step: 'generate', round: '1', attempt: 0, start: 0, handler: 'painter' });
const told = at(NOON + 9, { type: 'revision_requested', revision: 1, feedback: 'Blue', isExtra: null });

const recorded = (...facts: Recorded[]) => recordOf(ORDER, [], { facts });
const feedback = (...facts: Recorded[]) => feedbackFor(recorded(...facts), '1');

describe("a revision's feedback", () => {
  test('is absent without a question, because a message may be about anything', () => {
    expect(feedback(wrote(NOON, 'Bluer.'))).toBeNull();
  });

  test("is the text of the webhook, of the thread and of the buyer's messages, each once", () => {
    expect(feedback(told)).toBe('Blue');
    expect(feedback(asked, wrote(NOON + 1, 'Bluer.'), wrote(NOON + 2, 'And big.'))).toBe(
      'Bluer.\n\nAnd big.',
    );
    expect(feedback(asked, wrote(NOON + 1, 'Bluer.'), found(NOON + 3, 'Bluer.'))).toBe('Bluer.');
    expect(feedback(asked, wrote(NOON + 1, 'Bluer.'), found(NOON + 3, 'Bluer.'), told)).toBe(
      'Blue\n\nBluer.',
    );
    expect(feedback(asked, found(NOON + 1, 'Bluer.'), wrote(NOON + 2, 'And remove my name!'))).toBe(
      'Bluer.\n\nAnd remove my name!',
    );
  });

  test('has no message from before the question, however late it arrived', () => {
    const early = wrote(NOON + 1, 'When is it ready?', NOON - 5 * MINUTE);
    expect(feedback(asked, early)).toBeNull();
    expect(isFeedback(recorded(asked, early), early)).toBe(false);
  });
});

test('a message is feedback exactly if the handler gets it', () => {
  const late = wrote(NOON + 3 * MINUTE, 'And bigger.');
  const record = recorded(asked, found(NOON + MINUTE, 'Bluer.'), began(NOON + 2 * MINUTE), late);
  expect(feedbackFor(record, '1')).toBe('Bluer.');
  expect(isFeedback(record, late)).toBe(false);
});

test('the webhook of an answer from the thread may arrive after the work began', () => {
  const found1 = found(NOON + MINUTE, 'Bluer.\n\nBigger.');
  const same = wrote(NOON + 2 * MINUTE, 'Bigger.', NOON + MINUTE - 1);
  const again = wrote(NOON + 20 * MINUTE, 'Bigger.');
  const record = recorded(asked, found1, began(NOON + MINUTE + 1), same, again);
  expect(isFeedback(record, same)).toBe(true);
  expect(isFeedback(record, again)).toBe(false);
});

test('feedback is ordered by the place of the facts, whatever the clock said', () => {
  const answer = wrote(NOON - 10 * MINUTE, 'Bluer.', NOON + 5);
  expect(feedback(asked, answer)).toBe('Bluer.');
});
