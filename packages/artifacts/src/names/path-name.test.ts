import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayName } from './file-name.ts';
import { nameInPath, pathName } from './path-name.ts';

const displayed = fc
  .tuple(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      // An invisible character between characters that belong together once it is removed.
      fc
        .array(fc.constantFrom('e', '\u0301', '\u200b', ' ', '.', '-'), { maxLength: 20 })
        .map((all) => all.join('')),
    ),
    fc.constantFrom('image/png', 'text/plain', 'application/pdf', 'text/x-python'),
  )
  .map(([name, type]) => displayName(name, type));

test('a segment holds the name in ASCII, and returns it unchanged', () => {
  fc.assert(
    fc.property(displayed, (name) => {
      const segment = pathName(name);
      expect(segment).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._~-]*$/);
      expect(segment.length).toBeLessThanOrEqual(255);
      expect(nameInPath(segment)).toBe(name);
    }),
  );
});

test('a letter and its accent with an invisible character between them become one letter', () => {
  const name = displayName('re\u200b\u0301sume\u0301.pdf', 'application/pdf');
  expect(name).toBe('r\u00e9sum\u00e9.pdf');
  expect(nameInPath(pathName(name))).toBe(name);
});

test('an ASCII name stays readable as it is', () => {
  expect(pathName('cat.png')).toBe('cat.png');
  expect(pathName('Bericht über Katzen.pdf')).toMatch(/^Bericht-uber-Katzen~[\w-]+\.pdf$/);
});

test.each([
  ['a segment of the previous version', 'cat-2.png'],
  ['an encoded name that is not clean', `x~${Buffer.from('../etc/passwd').toString('base64url')}.txt`],
  ['an encoded name of another type', `x~${Buffer.from('page.html').toString('base64url')}.png`],
  ['text after the mark that is not encoded', 'x~hello.txt'],
])('%s is its own name', (_case, segment) => {
  expect(nameInPath(segment)).toBe(segment);
});
