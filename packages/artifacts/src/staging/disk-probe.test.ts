import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DiskError } from '../errors.ts';
import { DiskProbe } from './disk-probe.ts';

const home = await mkdtemp(path.join(os.tmpdir(), 'probe-'));
afterAll(() => rm(home, { recursive: true, force: true }));

test('a disk that takes no files is an error each time, and a file in it is not left behind', async () => {
  const inTheWay = path.join(home, 'in-the-way');
  await writeFile(inTheWay, '');
  const disk = new DiskProbe();
  await expect(disk.ensure(path.join(inTheWay, 'a'))).rejects.toThrow(DiskError);
  await expect(disk.ensure(path.join(inTheWay, 'a'))).rejects.toThrow(DiskError);
  await disk.ensure(path.join(home, 'a'));
  expect(await readdir(path.join(home, 'a'))).toEqual([]);
});

test('a disk that took a file a moment ago is trusted, until it rejects a file', async () => {
  const disk = new DiskProbe();
  await disk.ensure(path.join(home, 'b'));
  await disk.ensure(path.join(home, 'c'));
  expect(await readdir(home)).not.toContain('c');
  disk.distrust();
  await disk.ensure(path.join(home, 'c'));
  expect(await readdir(home)).toContain('c');
});
