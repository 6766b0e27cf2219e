import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeOldSpools } from './spools.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'spools-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

test('old files of killed processes are removed, and nothing else', async () => {
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
  for (const name of ['fulfillment-s3-old', 'fulfillment-s3-young', 'of-somebody-else']) {
    await mkdir(path.join(folder, name));
    if (name !== 'fulfillment-s3-young') await utimes(path.join(folder, name), twoDaysAgo, twoDaysAgo);
  }
  expect(await removeOldSpools(folder)).toBe(1);
  expect((await readdir(folder)).sort()).toEqual(['fulfillment-s3-young', 'of-somebody-else']);
  expect(await removeOldSpools(folder)).toBe(0);
});
