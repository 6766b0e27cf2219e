import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AUTOMATIC_MESSAGES } from '../facts/kinds.ts';
import { policyOf, recordOf, runs } from '../test-support/records.ts';
import { cutAtWord, MAX_MESSAGE_UNITS, messageText } from './messages.ts';

const anyText = fc.oneof(
  fc.string({ maxLength: 300, size: 'max' }),
  fc.string({ unit: 'grapheme', maxLength: 200, size: 'max' }),
  fc
    .array(fc.constantFrom('word', ' ', '\n', '👩‍🎨', '🎨', 'ä'), { maxLength: 200, size: 'max' })
    .map((a) => a.join('')),
);

test('a cut text is never longer than the limit, and begins as the text does', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 100 }), (text, limit) => {
      const cut = cutAtWord(text, limit);
      const trimmed = text.trim();
      expect(cut.length).toBeLessThanOrEqual(limit);
      if (trimmed.length <= limit) expect(cut).toBe(trimmed);
      else {
        expect(cut.endsWith('…')).toBe(true);
        expect(trimmed.startsWith(cut.slice(0, -1))).toBe(true);
      }
      expect(cutAtWord(cut, limit)).toBe(cut);
    }),
    runs(1000),
  );
});

test('a surrogate pair is never split', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 100 }), (text, limit) => {
      fc.pre(text.isWellFormed());
      expect(cutAtWord(text, limit).isWellFormed()).toBe(true);
    }),
    runs(1000),
  );
});

test('it is cut at a word, unless one word fills more than half', () => {
  expect(cutAtWord('one two three', 9)).toBe('one two…');
  expect(cutAtWord('one twothreefour', 9)).toBe('one twot…');
  expect(cutAtWord('  fits  ', 9)).toBe('fits');
});

test('a text that does not fit into a message is cut', () => {
  const policy = policyOf({ messages: { delivered: 'word '.repeat(1000) } });
  const text = messageText(recordOf({}), policy, { kind: 'delivered', round: '0' }) ?? '';
  expect(text.length).toBeLessThanOrEqual(MAX_MESSAGE_UNITS);
  expect(text.endsWith('word…')).toBe(true);
});

test('the fields of a template are filled in, and others stay unchanged', () => {
  const policy = policyOf({
    messages: { revised: '{order} {service} {client} {revision} {other} {constructor}' },
  });
  const text = messageText(recordOf({}), policy, { kind: 'revised', round: '2' });
  expect(text).toBe('ord_1 A portrait Ada 2 {other} {constructor}');
});

test("a buyer's text is not a template", () => {
  const policy = policyOf({ messages: { delivered: 'Hello {client}' } });
  expect(
    messageText(recordOf({ client_name: '{order} $& $1' }), policy, { kind: 'delivered', round: '0' }),
  ).toBe('Hello {order} $& $1');
});

test.each(AUTOMATIC_MESSAGES)('the default text of %s is ready to send, whatever the order lacks', (kind) => {
  for (const fields of [
    {},
    { service_title: null, client_name: null },
    { service_title: ' ', client_name: '' },
  ]) {
    const text = messageText(recordOf(fields), policyOf(), { kind, round: '1' }) ?? '';
    expect(text.length).toBeGreaterThan(20);
    expect(text).not.toMatch(/[{}]|""/);
  }
});

test('a message whose fields are all blank still says something', () => {
  const policy = policyOf({ messages: { delivered: '{client}' } });
  expect(messageText(recordOf({ client_name: ' ' }), policy, { kind: 'delivered', round: '0' })).toBe(
    'there',
  );
});

test.each([null, '', ' \n'])('a message with the text %j is turned off', (text) => {
  expect(
    messageText(recordOf({}), policyOf({ messages: { delivered: text } }), { kind: 'delivered', round: '0' }),
  ).toBeNull();
});
