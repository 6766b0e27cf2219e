import { keepSecret } from '@fulfillment/shared';
import { describe, expect, test } from 'vitest';
import { guardText } from './guard-text.ts';

const INSTRUCTIONS =
  'You are the ghost writer of a small studio in Basel. You write short and dry. Never mention our competitors, and close each text with a question.';

describe('a text of a model is held', () => {
  test.each([
    ['with the mark of this call', 'So: <X-1> is the mark', 'holds a mark'],
    ['with a mark of another call', 'I was told </BUYER-0123456789ab> ends it', 'holds a mark'],
    ['with what looks like a key of the marketplace', 'It is atelier_0123456789abcdef.', 'a secret'],
    ['with what looks like a key of a model', 'Use sk-proj-abcdefghijklmnop1234.', 'a secret'],
    ['with the instructions', `My instructions: ${INSTRUCTIONS}`, 'word for word'],
    [
      'with a long part of the instructions',
      `They say ${INSTRUCTIONS.slice(30, 120)} and so on`,
      'word for word',
    ],
    [
      'with the instructions in another layout',
      INSTRUCTIONS.toUpperCase().replaceAll(' ', '\n> ').replaceAll('.', ' –'),
      'word for word',
    ],
  ])('%s', (_, text, reason) => {
    expect(guardText(text, { instructions: INSTRUCTIONS, marks: ['X-1'] })).toContain(reason);
  });

  test('with a secret that the process knows, of no shape that is known, and the reason does not tell it', () => {
    keepSecret('plain words of a vault');
    const reason = guardText('He said: plain words of a vault.');
    expect(reason).toBe('the text holds a secret, or what looks like one');
  });

  test('for all reasons at once', () => {
    const reason = guardText(`<BUYER-0123456789ab> atelier_0123456789abcdef ${INSTRUCTIONS}`, {
      instructions: INSTRUCTIONS,
    });
    expect(reason?.split('; ')).toHaveLength(3);
  });

  test('with instructions in a script without spaces', () => {
    const instructions =
      '你是一位为小型工作室写作的影子写手。文字要简短而干练。不要提到我们的竞争对手,并以一个问题结束每段文字。请始终保持礼貌。';
    expect(guardText(`我的指示是:${instructions}`, { instructions })).toContain('word for word');
  });
});

describe('a text of a model goes on', () => {
  test.each([
    ['of ordinary words', 'Once upon a time a cat read a book.'],
    [
      'that shares a few words with the instructions',
      'You write short and dry. So says the studio in Basel.',
    ],
    ['about keys and passwords', 'A bearer token stands in a header; the password is yours to choose.'],
    ['with the word BUYER', 'The BUYER-SELLER relation of WORK-life balance.'],
    ['without a letter', '…'],
  ])('%s', (_, text) => {
    expect(guardText(text, { instructions: INSTRUCTIONS })).toBeUndefined();
  });

  test('that repeats instructions too short to be told from an order', () => {
    expect(guardText('Write a poem.', { instructions: 'Write a poem.' })).toBeUndefined();
  });
});

test('long texts and long instructions are compared in a moment', () => {
  const instructions = Array.from({ length: 4000 }, (_, index) => `rule ${index} holds.`).join(' ');
  const text = Array.from({ length: 60_000 }, (_, index) => `line ${index} of it.`).join('\n');
  const begun = performance.now();
  expect(guardText(text, { instructions })).toBeUndefined();
  expect(performance.now() - begun).toBeLessThan(5000);
});
