import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = path.resolve(import.meta.dirname, '..');

test('every test that the README names for a behaviour exists', async () => {
  const readme = await readFile(path.join(SOURCES, '../README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| .+? \| `(\S+\.test\.ts)` +\| (.+?) +\|$/gm)];
  expect(rows.length).toBeGreaterThan(50);
  const missing: string[] = [];
  for (const [, file = '', name = ''] of rows) {
    const source = await readFile(path.join(SOURCES, file), 'utf8');
    if (!source.includes(`'${name}'`)) missing.push(`${file}: ${name}`);
  }
  expect(missing).toEqual([]);
});
