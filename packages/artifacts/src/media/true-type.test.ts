import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { InvalidOutputError } from '../errors.ts';
import { isTextType, trueType } from './true-type.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb004300', 'hex');
const GIF = Buffer.from('GIF89a\u0001\0\u0001\0', 'latin1');
const MP4 = Buffer.from('\0\0\0\u0018ftypmp42\0\0\0\0mp42isom', 'latin1');
const MP3 = Buffer.from('ID3\u0003\0\0\0\0\0\u0000\u00ff\u00fb\u0090\u0064', 'latin1');
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n');
const ZIP = Buffer.from(zipSync({ 'main.py': Buffer.from('print(1)') }));
const DOCX = Buffer.from(
  zipSync({
    '[Content_Types].xml': Buffer.from(
      '<?xml version="1.0"?><Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    ),
    'word/document.xml': Buffer.from('<w/>'),
  }),
);
const DOCX_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** The type that is detected for these bytes, as it is when they are stored. */
function told(bytes: Uint8Array | string, stated: string): Promise<string> {
  const all = Buffer.from(bytes as Buffer);
  const nulAt = all.includes(0) ? all.indexOf(0) : null;
  const check = { isUtf8: all.equals(Buffer.from(all.toString('utf8'))), nulAt };
  return trueType(all.subarray(0, 4100), stated, isTextType(stated) ? check : null);
}

describe('bytes are', () => {
  test.each<[string, Uint8Array | string, string, string]>([
    ['what they are said to be', PNG, 'image/png', 'image/png'],
    ['a JPEG said to be a PNG', JPEG, 'image/png', 'image/jpeg'],
    ['a JPEG by another name', JPEG, 'image/jpg', 'image/jpeg'],
    ['a GIF that nobody says anything of', GIF, 'application/octet-stream', 'image/gif'],
    ['an image said to be text', PNG, 'text/plain', 'image/png'],
    ['a video', MP4, 'video/mp4', 'video/mp4'],
    ['sound in the container of a video', MP4, 'audio/mp4', 'audio/mp4'],
    ['music', MP3, 'audio/mpeg', 'audio/mpeg'],
    ['a PDF, which is all letters', PDF, 'text/plain', 'application/pdf'],
    ['an archive', ZIP, 'application/zip', 'application/zip'],
    ['an archive said to be an image', ZIP, 'image/png', 'application/zip'],
    ['a document, which is an archive', DOCX, DOCX_TYPE, DOCX_TYPE],
    ['a book, whose archive says nothing', ZIP, 'application/epub+zip', 'application/epub+zip'],
    ['a thing of somebody in an archive', ZIP, 'model/3mf', 'model/3mf'],
    ['a document said to be anything', DOCX, 'application/octet-stream', DOCX_TYPE],
    ['a drawing', '<?xml version="1.0"?><svg xmlns="x"/>', 'image/svg+xml', 'image/svg+xml'],
    ['data with a charset', '{"a":1}', 'application/json; charset=utf-8', 'application/json; charset=utf-8'],
    ['a text that begins like a bitmap', 'BMW is a car', 'text/markdown', 'text/markdown'],
    ['a text that begins like music', 'ID3 tags, and what they hold', 'text/plain', 'text/plain'],
    ['a page', '<!doctype html><p>', 'text/html', 'text/html'],
    ['a page that is told of', '<html><p>', 'text/markdown', 'text/markdown'],
    ['something that only its maker knows', 'AB\0CD', 'application/x-of-mine', 'application/x-of-mine'],
  ])('%s', async (_, bytes, stated, wanted) => {
    expect(await told(bytes, stated)).toBe(wanted);
  });
});

describe('is rejected:', () => {
  const page = '<html><body>502 Bad Gateway</body></html>';
  test.each<[string, Uint8Array | string, string, RegExp]>([
    ['a page as an image', page, 'image/png', /is an HTML page/],
    ['a page behind a comment', `<!-- 502 -->${page}`, 'image/png', /is an HTML page/],
    [
      'a page behind a declaration',
      `<?xml version="1.0"?>\n<!DOCTYPE html>${page}`,
      'video/mp4',
      /HTML page/,
    ],
    ['a page that begins with its head', '<head><title>502', 'application/pdf', /HTML page/],
    ['a page as a document', page, DOCX_TYPE, /HTML page/],
    ['a page as data', page, 'application/json', /HTML page/],
    ['a page as a drawing', page, 'image/svg+xml', /HTML page/],
    ['a page as anything', page, 'application/octet-stream', /HTML page/],
    ['a page in UTF-16', Buffer.from(`\uFEFF${page}`, 'utf16le'), 'image/png', /does not begin like one/],
    ['an error as an image', '{"error":"busy"}', 'image/png', /does not begin like one/],
    ['a text as a video', 'Service Unavailable', 'video/mp4', /does not begin like one/],
    ['a text as a document', 'Service Unavailable', DOCX_TYPE, /does not begin like one/],
    ['bytes as text', Buffer.from([1, 2, 0xff, 0]), 'text/plain', /is not UTF-8 text/],
    ['a text with a NUL', 'aé\0b', 'text/markdown', /holds the character U\+0000 at byte 3: remove it/],
    ['a text in Latin-1', Buffer.from('Grüße', 'latin1'), 'text/csv', /is not UTF-8 text/],
  ])('%s', async (_, bytes, stated, reason) => {
    const refused = await told(bytes, stated).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidOutputError);
    expect(String(refused)).toMatch(reason);
  });
});
