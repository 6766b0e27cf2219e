import { describe, expect, test } from 'vitest';
import { contentTypeOf, mediaTypeOf } from './content-types.ts';

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
