import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigurationError } from '@fulfillment/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireWritableFolder } from './writable-folder.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'writable-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a missing folder is created, and the probe does not stay', async () => {
  const missing = path.join(folder, 'a', 'b');
  await requireWritableFolder(missing, 'ARTIFACTS_DIR');
  expect(await readdir(missing)).toEqual([]);
});

test.each([
  ['a file in its place', 'file', 'it is a file (EEXIST)'],
  ['a file in its path', 'file/below', 'a part of its path is a file (ENOTDIR)'],
])('%s is a configuration error that names folder, reason and setting', async (_, name, reason) => {
  await writeFile(path.join(folder, 'file'), '');
  const target = path.join(folder, name);
  const attempt = requireWritableFolder(target, 'ARTIFACTS_DIR');
  await expect(attempt).rejects.toBeInstanceOf(ConfigurationError);
  await expect(attempt).rejects.toThrow(
    `The folder ${target} cannot be written to: ${reason}. Make it writable, or set ARTIFACTS_DIR to another folder.`,
  );
});
