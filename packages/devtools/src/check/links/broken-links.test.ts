import { expect, test } from 'vitest';
import { findBrokenLinks } from './broken-links.ts';

const PAGES: Record<string, string> = {
  'README.md': '# Product\n\nSee [settings](docs/settings.md#the-port-setting).\n',
  'docs/settings.md': '# Settings\n\n## The `PORT` setting\n\n## Notes\n\n## Notes\n',
};

function problemsOf(pages: Record<string, string>): string[] {
  const files = Object.entries({ ...PAGES, ...pages }).map(([file, source]) => ({ file, source }));
  const exists = (file: string) => files.some((known) => known.file === file) || file === 'LICENSE';
  return findBrokenLinks(files, exists).map(({ file, line, problem }) => `${file}:${line} ${problem}`);
}

test.each([
  ['a file', '[licence](LICENSE)'],
  ['a heading with code in it', '[port](docs/settings.md#the-port-setting)'],
  ['the second of two equal headings', '[notes](docs/settings.md#notes-1)'],
  ['a heading of the same page', '[here](#product)'],
  ['another site', '[site](https://example.com/nothing#at-all)'],
  ['code that looks like a link', '`list[0](call.md)`'],
])('accepts a link to %s', (_what, link) => {
  expect(problemsOf({ 'README.md': `# Product\n\n${link}\n` })).toEqual([]);
});

test.each([
  ['a missing file', '[guide](docs/guide.md)', 'there is no such file'],
  ['a file in a code span', '`tests/src/guide.test.ts`', 'there is no such file'],
  ['a missing heading', '[ports](docs/settings.md#ports)', 'that page has no such heading'],
  ['a missing heading of the same page', '[there](#there)', 'that page has no such heading'],
])('reports a link to %s', (_what, link, problem) => {
  expect(problemsOf({ 'README.md': `# Product\n\n${link}\n` })).toEqual([`README.md:3 ${problem}`]);
});

test('resolves links from the folder of their page', () => {
  expect(
    problemsOf({ 'README.md': '', 'docs/index.md': '[up](../README.md) [beside](settings.md)' }),
  ).toEqual([]);
});

test('reports a missing page that a text mentions', () => {
  expect(problemsOf({ 'README.md': '', 'app.ts': "'See docs/settings.md'\n'See docs/guide.md'" })).toEqual([
    'app.ts:2 there is no such page',
  ]);
});
