import { describe, expect, test } from 'vitest';
import { cutText, cutTextStart, cutWithEllipsis } from './cut-text.ts';

const FAMILY = '👨‍👩‍👧‍👦';

describe('a text that is cut', () => {
  test.each([
    ['short enough stays', 'abc', 3, 'abc'],
    ['between letters', 'abcdef', 3, 'abc'],
    ['before a family that does not fit whole', `ab${FAMILY}cd`, 6, 'ab'],
    ['after a family that fits whole', `ab${FAMILY}cd`, 2 + FAMILY.length, `ab${FAMILY}`],
    ['before a flag', 'a🇨🇭b', 3, 'a'],
    ['before a letter with its accents', 'xe\u0301\u0323y', 2, 'x'],
    ['before a pair of surrogates', 'a𝒳b', 2, 'a'],
  ])('%s', (_, text, max, expected) => {
    expect(cutText(text, max)).toBe(expected);
  });

  test('keeps every grapheme whole', () => {
    const text = `${FAMILY}a${'🇨🇭'.repeat(60)}`.repeat(3);
    const graphemes = new Set([FAMILY, 'a', '🇨🇭']);
    const segments = (part: string) =>
      [...new Intl.Segmenter('und').segment(part)].map(({ segment }) => segment);
    for (let max = 0; max <= text.length; max += 1) {
      const [head, tail] = [cutText(text, max), cutTextStart(text, max)];
      expect(head.length).toBeLessThanOrEqual(max);
      expect(tail.length).toBeLessThanOrEqual(max);
      expect([...segments(head), ...segments(tail)].every((one) => graphemes.has(one))).toBe(true);
    }
  });

  test('an endless grapheme is cut between its code points', () => {
    const zalgo = `a${'\u0301'.repeat(10_000)}`;
    expect(cutText(zalgo, 500)).toHaveLength(500);
    expect(cutTextStart(zalgo, 500)).toHaveLength(500);
  });

  test('of megabytes is cut between its characters, too', () => {
    const text = FAMILY.repeat(500_000);
    expect(cutText(text, 500)).toBe(FAMILY.repeat(Math.floor(500 / FAMILY.length)));
  });

  test('gets an ellipsis within its length', () => {
    expect(cutWithEllipsis('abcdef', 4)).toBe('abc…');
    expect(cutWithEllipsis('abcd', 4)).toBe('abcd');
  });
});
