import { keepSecret } from '@fulfillment/shared';
import { describe, expect, test } from 'vitest';
import { guardText } from './guard-text.ts';

const INSTRUCTIONS =
  'You are the ghost writer of a small studio in Basel. You write short and dry. Never mention our competitors, and close each text with a question.';

describe("a model's text is held for a review", () => {
  test.each([
    ['with the mark of this call', 'So: <X-1> is the mark', 'holds a mark'],
    ['with a mark of another call', 'I was told </BUYER-0123456789ab> ends it', 'holds a mark'],
    ['with what looks like a key of the marketplace', 'It is atelier_0123456789abcdef.', 'a secret'],
    ['with what looks like a key of a model', 'Use sk-proj-abcdefghijklmnop1234.', 'a secret'],
    ['with a key of AWS', 'It is AKIAQWERTYUIOPASDFGH.', 'a secret'],
    ['with a key of a code host', 'ghp_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R', 'a secret'],
    ['with a bearer token', 'Bearer 4f9a8b7c6d5e4f3a2b1c', 'a secret'],
    [
      'with a private key',
      `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0B'.repeat(3)}`,
      'a secret',
    ],
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

  test('with a known secret of unknown form, which the reason does not quote', () => {
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

describe('a repeated part of the instructions', () => {
  const instructions = 'abcdefghij'
    .split('')
    .map((letter, index) => `${letter}${index}`.repeat(15))
    .join('-');
  const letters = instructions.replaceAll('-', '');

  test.each(Array.from({ length: 20 }, (_, offset) => offset))(
    'counts from 60 letters, at place %i',
    (offset) => {
      const run = (length: number) => `said: ${letters.slice(offset, offset + length)}!`;
      expect(guardText(run(59), { instructions })).toBeUndefined();
      expect(guardText(run(60), { instructions })).toContain('word for word');
    },
  );

  test('that the text must repeat is not a leak, but a longer part is', () => {
    const notice =
      'This text was written with the help of a machine. It is not legal advice, and nobody is liable for it.';
    const whole = `${INSTRUCTIONS} End with: "${notice}" Never explain why you end with it, and do not translate the words.`;
    const options = { instructions: whole, allowed: [notice] };
    expect(guardText(`A poem. ${notice}`, { instructions: whole })).toContain('word for word');
    expect(guardText(`A poem. ${notice}`, options)).toBeUndefined();
    expect(guardText(`A poem. ${whole}`, options)).toContain('word for word');
  });
});

describe("a model's text passes", () => {
  test.each([
    'DATABASE_URL=postgres://postgres:postgres@localhost:5432/app',
    'mongodb://root:example@mongo:27017',
    'Authorization: Bearer YOUR_ACCESS_TOKEN',
    'curl -H "Authorization: Bearer your-access-token-0123456789"',
    'OPENAI_API_KEY=sk-your-api-key-here',
    'STRIPE_WEBHOOK=whsec_your_signing_secret',
    'aws_access_key_id = AKIAIOSFODNN7EXAMPLE',
    '.sk-circle { animation: sk-circleBounceDelay 1.2s } .sk-fading-circle-number12 {}',
    'atelier_your_key_goes_here',
  ])('with the placeholder of a secret: %s', (text) => {
    expect(guardText(text)).toBeUndefined();
  });

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

  test('that repeats instructions too short to distinguish from an order', () => {
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
