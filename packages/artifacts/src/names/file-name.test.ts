import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentTypeOf } from '../media/content-types.ts';
import { asciiName, cutToBytes, displayName, MAX_NAME_BYTES } from './file-name.ts';

const anyType = fc.oneof(
  fc.constantFrom('image/png', 'text/plain', 'text/html', 'image/svg+xml', 'video/mp4', 'application/pdf'),
  fc.string(),
);
const anyName = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.stringMatching(/^[./\\a-z%]{0,120}(\.part|\.png|\.html)?$/),
  fc.constantFrom('con', 'NUL.txt', 'com1.png', 'COM².pdf', 'lpt9', 'aux .txt'),
);

describe('the name that the buyer sees', () => {
  test.each([
    ['cat.png', 'image/png', 'cat.png'],
    ['設計書.pdf', 'application/pdf', '設計書.pdf'],
    ['Katze & Hund.png', 'image/png', 'Katze & Hund.png'],
    ['crème.png', 'IMAGE/PNG', 'crème.png'],
    ['cat.png', 'text/html', 'cat.html'],
    ['photo', 'image/jpg', 'photo.jpg'],
    ['song.mp3', 'audio/mpeg', 'song.mp3'],
    ['run.py', 'text/x-python', 'run.py'],
    ['../../etc/passwd', 'text/plain', 'passwd.txt'],
    ['C:\\temp\\cat.png', 'image/png', 'cat.png'],
    ['.htaccess', 'text/plain', 'htaccess.txt'],
    ['', 'image/png', 'deliverable.png'],
    [undefined, 'image/png', 'deliverable.png'],
    ['half.part', 'application/octet-stream', 'half.bin'],
    ['cat.png', 'no/such-type', 'cat.bin'],
    ['invoice\u202Egpj.pdf', 'application/pdf', 'invoicegpj.pdf'],
    ['a\u200Bb\u0007c.png', 'image/png', 'abc.png'],
    ['a: "b"? <c>|*.png', 'image/png', 'a- -b- -c.png'],
    ['con.png', 'image/png', '_con.png'],
    ['LPT1', 'text/plain', '_LPT1.txt'],
  ])('for %j with %s is %j', (given, contentType, displayed) => {
    expect(displayName(given, contentType)).toBe(displayed);
  });

  test('is one segment without hidden characters, within its length, with the extension of its type', () => {
    fc.assert(
      fc.property(anyName, anyType, (given, type) => {
        const displayed = displayName(given, type);
        expect(displayed).not.toMatch(/[/\\<>:"|?*\p{C}]/u);
        expect(displayed).toMatch(/^[^\s.-].*\.[A-Za-z0-9]+$/u);
        expect(displayed).not.toMatch(/\.part$/);
        expect(displayed).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d) *\./i);
        expect(Buffer.byteLength(displayed)).toBeLessThanOrEqual(MAX_NAME_BYTES);
      }),
    );
  });

  test('has an extension that names its content type, whatever the given name had', () => {
    const known = fc.constantFrom('image/png', 'text/plain', 'text/html', 'image/svg+xml', 'video/mp4');
    fc.assert(
      fc.property(anyName, known, (given, type) => {
        expect(contentTypeOf(displayName(given, type))).toBe(type);
      }),
    );
  });

  test('does not change when it is cleaned again', () => {
    fc.assert(
      fc.property(anyName, anyType, (given, type) => {
        const displayed = displayName(given, type);
        expect(displayName(displayed, contentTypeOf(displayed))).toBe(displayed);
      }),
    );
  });
});

describe('the ASCII name', () => {
  test.each([
    ['Katze & Hund.png', 'Katze-Hund.png'],
    ['crème.png', 'creme.png'],
    ['設計書.pdf', 'deliverable.pdf'],
  ])('of %j is %j', (displayed, ascii) => {
    expect(asciiName(displayed)).toBe(ascii);
  });

  test('is safe in paths, URLs and headers', () => {
    fc.assert(
      fc.property(anyName, anyType, (given, type) => {
        expect(asciiName(displayName(given, type))).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
      }),
    );
  });
});

test('a text is cut between characters, at the last that fits', () => {
  expect(cutToBytes('設計書', 7)).toBe('設計');
  expect(cutToBytes('a😀', 4)).toBe('a');
  expect(cutToBytes('cat', 3)).toBe('cat');
});
