import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../test-support/records.ts';
import { answerInThread, THREAD_LIMIT, type ThreadMessage, timesSent } from './thread.ts';

const says = (fromBuyer: boolean, content: string): ThreadMessage => ({
  fromBuyer,
  senderName: null,
  content,
  createdAt: null,
});
const buyer = (content: string) => says(true, content);
const us = (content: string) => says(false, content);

test('the answer is every message of the buyer after our question', () => {
  const thread = [buyer('Hi'), us('What?'), buyer('Bluer.'), us('Noted.'), buyer('And big.')];
  expect(answerInThread(thread, 'What?')).toEqual({ found: true, content: 'Bluer.\n\nAnd big.' });
});

test('a message before the question does not answer it, nor does a quote of the question by the buyer', () => {
  expect(answerInThread([buyer('Bluer.'), us('What?')], 'What?')).toEqual({ found: false, cutOff: false });
  expect(answerInThread([buyer('What?'), buyer('Bluer.')], 'What?')).toEqual({ found: false, cutOff: false });
});

test('a repeated question is answered after its last copy', () => {
  const thread = [us('What?'), buyer('Bluer.'), us('What?')];
  expect(answerInThread(thread, 'What?')).toEqual({ found: false, cutOff: false });
});

test('a full thread without an answer may hide an answer', () => {
  const chat = Array.from({ length: THREAD_LIMIT }, () => buyer('…'));
  expect(answerInThread(chat, 'What?')).toEqual({ found: false, cutOff: true });
  expect(answerInThread(chat.slice(1), 'What?')).toEqual({ found: false, cutOff: false });
});

test('an answer is found exactly when a buyer wrote after the last question', () => {
  const message = fc.record({ fromBuyer: fc.boolean(), content: fc.constantFrom('What?', 'a', 'b') });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 60 }), (messages) => {
      const thread = messages.map(({ fromBuyer, content }) => says(fromBuyer, content));
      const story = thread.map((it) => (it.fromBuyer ? 'b' : it.content === 'What?' ? 'Q' : 'u')).join('');
      expect(answerInThread(thread, 'What?').found).toBe(/Q[^Q]*b[^Q]*$/.test(story));
      expect(timesSent(thread, 'What?')).toBe(story.split('Q').length - 1);
    }),
    runs(500),
  );
});
