import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DiskError, InvalidOutputError } from '../errors.ts';
import { addBytes } from '../test-support/add-bytes.ts';
import { localDisk } from './local-disk.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'artifacts-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const store = localDisk({ folder, publicUrl: 'https://orders.example.com', maxBytes: 1000 });
const { signal } = new AbortController();
let orders = 0;

/** Adds bytes, each time of another order. */
function put(body: string) {
  orders += 1;
  return addBytes(store, { orderId: `ord_${orders}`, round: '0', contentType: 'text/plain', body });
}
const contentOf = (artifact: { path: string }) => readFile(path.join(folder, artifact.path), 'utf8');
const artifactAt = (name: string) => ({
  path: `ord_a/0/${name}/made.txt`,
  fileName: 'made.txt',
  contentType: 'text/plain',
  bytes: 9,
});

test('a file of the same disk is linked, not written a second time, and can be added again', async () => {
  const file = path.join(folder, 'staged');
  await writeFile(file, 'made once');
  const artifact = artifactAt('linked');
  await store.add(file, artifact, signal);
  await store.add(file, artifact, signal);
  expect((await stat(path.join(folder, artifact.path))).nlink).toBe(2);
  await rm(file);
  expect(await contentOf(artifact)).toBe('made once');
  expect(await store.has(artifact)).toBe(true);
});

// Linux has a second file system at a known place.
test.runIf(process.platform === 'linux')('a file of another disk is copied whole', async () => {
  const other = await mkdtemp('/dev/shm/staged-');
  try {
    const file = path.join(other, 'staged');
    await writeFile(file, 'made once');
    const artifact = artifactAt('copied');
    await store.add(file, artifact, signal);
    await store.add(file, artifact, signal);
    expect(await contentOf(artifact)).toBe('made once');
    expect(await readdir(path.dirname(path.join(folder, artifact.path)))).toEqual(['made.txt']);
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});

test('a file that is too large is rejected, and a disk that takes no file is said to be at fault', async () => {
  const file = path.join(folder, 'too-large');
  await writeFile(file, 'x');
  await expect(store.add(file, { ...artifactAt('large'), bytes: 1001 }, signal)).rejects.toThrow(
    InvalidOutputError,
  );
  const broken = localDisk({ folder: file });
  await expect(broken.add(file, artifactAt('broken'), signal)).rejects.toThrow(DiskError);
});

test('an artifact has a public address when the ingestor has one', async () => {
  const artifact = await put('a');
  expect(await store.publicUrl(artifact)).toBe(`https://orders.example.com/artifacts/${artifact.path}`);
  expect(await localDisk({ folder }).publicUrl(artifact)).toBeNull();
  expect(await (await store.read(artifact)).text()).toBe('a');
});

test('the files of an order are removed, and no other files', async () => {
  const [gone, kept] = [await put('gone'), await put('kept')];
  await store.removeOrder(gone.path.split('/')[0] ?? '');
  await expect(store.read(gone)).rejects.toThrow('ENOENT');
  expect(await contentOf(kept)).toBe('kept');
  for (const none of ['', '.', '..', '../artifacts', `${orders}/0`]) {
    await expect(store.removeOrder(none)).rejects.toThrow('is not the name of a folder');
  }
});
