import { expect, test } from 'vitest';
import { contentDisposition } from './content-disposition.ts';

test.each([
  ['cat.png', 'image/png', 'inline; filename=cat.png'],
  ['Menü', 'application/zip', "attachment; filename=Menu; filename*=UTF-8''Men%C3%BC"],
  ['page.html', 'text/html; charset=utf-8', 'attachment; filename=page.html'],
  [
    '設計書.zip',
    'application/zip',
    `attachment; filename=deliverable.zip; filename*=UTF-8''%E8%A8%AD%E8%A8%88%E6%9B%B8.zip`,
  ],
])('%s of type %s', (fileName, contentType, header) => {
  expect(contentDisposition({ fileName, contentType })).toBe(header);
});

test('a file that a browser could show is saved if the caller wants that', () => {
  expect(contentDisposition({ fileName: 'cat.png', contentType: 'image/png' }, true)).toBe(
    'attachment; filename=cat.png',
  );
});
