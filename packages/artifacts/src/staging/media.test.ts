import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentTypeOf, mediaTypeOf, safeFileName } from './media.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describe('the media type', () => {
  test.each([
    ['image/png', 'image'],
    ['IMAGE/PNG', 'image'],
    ['image/svg+xml', 'image'],
    ['video/mp4', 'video'],
    ['text/plain; charset=utf-8', 'text'],
    ['text/markdown', 'text'],
    ['text/csv', 'text'],
    ['text/html', 'code'],
    ['text/x-python', 'code'],
    ['application/json', 'code'],
    ['application/zip', 'code'],
    ['application/pdf', 'document'],
    ['audio/mpeg', 'document'],
    ['application/octet-stream', 'document'],
    [DOCX, 'document'],
    ['application/epub+zip', 'document'],
    ['', 'document'],
  ])('of %j is %s', (contentType, mediaType) => {
    expect(mediaTypeOf(contentType)).toBe(mediaType);
  });
});

describe('the content type of a file', () => {
  test.each([
    ['cat.png', 'image/png'],
    ['index.ts', 'text/x-typescript'],
    ['train.py', 'text/x-python'],
    ['letter.docx', DOCX],
    ['README', 'application/octet-stream'],
    ['x.unheard-of', 'application/octet-stream'],
  ])('%s is %s', (name, contentType) => {
    expect(contentTypeOf(name)).toBe(contentType);
  });
});

describe('a safe file name', () => {
  test.each([
    ['cat.png', 'image/png', 'cat.png'],
    ['Katze & Hund.png', 'image/png', 'Katze-Hund.png'],
    ['crème.png', 'IMAGE/PNG', 'creme.png'],
    ['cat.png', 'text/html', 'cat.html'],
    ['photo', 'image/jpg', 'photo.jpg'],
    ['song.mp3', 'audio/mpeg', 'song.mp3'],
    ['run.py', 'text/x-python', 'run.py'],
    ['../../etc/passwd', 'text/plain', 'passwd.txt'],
    ['C:\\temp\\cat.png', 'image/png', 'cat.png'],
    ['.htaccess', 'text/plain', 'htaccess.txt'],
    ['', 'image/png', 'deliverable.png'],
    ['猫.png', 'image/png', 'png.png'],
    [undefined, 'image/png', 'deliverable.png'],
    ['half.part', 'application/octet-stream', 'half.bin'],
    ['cat.png', 'no/such-type', 'cat.bin'],
  ])('for %j with %s is %s', (name, contentType, safe) => {
    expect(safeFileName(name, contentType)).toBe(safe);
  });

  const contentType = fc.oneof(
    fc.constantFrom('image/png', 'text/plain', 'text/html', 'image/svg+xml', 'video/mp4', 'application/pdf'),
    fc.string(),
  );
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.stringMatching(/^[./\\a-z%]{0,120}(\.part|\.png|\.html)?$/),
  );

  test('is one segment of a path, short, of plain letters, not hidden, and never that of a half-written file', () => {
    fc.assert(
      fc.property(name, contentType, (given, type) => {
        const safe = safeFileName(given, type);
        expect(safe).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/);
        expect(safe.length).toBeLessThanOrEqual(100);
        expect(safe).not.toMatch(/\.part$/);
      }),
    );
  });

  test('has an ending that says its content type, whatever the name said', () => {
    const known = fc.constantFrom('image/png', 'text/plain', 'text/html', 'image/svg+xml', 'video/mp4');
    fc.assert(
      fc.property(name, known, (given, type) => {
        expect(contentTypeOf(safeFileName(given, type))).toBe(type);
      }),
    );
  });
});
