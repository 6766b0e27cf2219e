import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '@fulfillment/processes';
import { expect, test } from 'vitest';

const PACKAGES = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(path.join(ROOT, parent)).map((name) => `${parent}/${name}`),
);
/** These two document their interface instead of their source. */
const FOR_OTHER_READERS = ['packages/atelier-sdk', 'apps/sandbox'];

test.each(PACKAGES)('%s has a README', (folder) => {
  expect(existsSync(path.join(ROOT, folder, 'README.md'))).toBe(true);
});

test.each(PACKAGES.filter((folder) => !FOR_OTHER_READERS.includes(folder)))(
  'the README of %s names every room of the package, and no other',
  (folder) => {
    const rooms = readdirSync(path.join(ROOT, folder, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'test-support')
      .map(({ name }) => name);
    const readme = readFileSync(path.join(ROOT, folder, 'README.md'), 'utf8');
    const named = [...readme.matchAll(/^\| `([\w-]+)\/` +\|/gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(rooms.toSorted());
  },
);
