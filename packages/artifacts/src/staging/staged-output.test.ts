import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findStagedOutput, removeStagedOutput, stagingFolder, writeManifest } from './staged-output.ts';
import { Staging, stagedFile } from './staging.ts';

const home = await mkdtemp(path.join(os.tmpdir(), 'made-'));
afterAll(() => rm(home, { recursive: true, force: true }));

const MADE = {
  handler: 'painter',
  attempt: 0,
  madeAt: 1,
  secret: 's',
  products: [{ url: 'https://files.example/cat.png', mediaType: 'image' as const }],
};

async function madeIn(name: string): Promise<string> {
  const folder = path.join(home, name);
  await mkdir(folder, { recursive: true });
  await writeManifest(folder, MADE);
  return folder;
}

test('staged output is found unchanged', async () => {
  const { products, ...made } = MADE;
  const parts = products.map((product) => ({ product, isHere: false }));
  expect(await findStagedOutput(await madeIn('whole'))).toEqual({ ...made, parts });
  expect(await findStagedOutput(path.join(home, 'nowhere'))).toBeNull();
});

test.each([
  ['two that were written into each other', (text: string) => text + text.slice(40)],
  ['half of one', (text: string) => text.slice(0, 40)],
  ['one of another version', (text: string) => text.replace('"secret"', '"key"')],
])('a manifest that cannot be read counts as none: %s', async (name, spoilt) => {
  const folder = await madeIn(name);
  const manifest = path.join(folder, 'made.json');
  await writeFile(manifest, spoilt(await readFile(manifest, 'utf8')));
  expect(await findStagedOutput(folder)).toBeNull();
});

test('output counts as missing when a loss of power shortened one of its files', async () => {
  const folder = path.join(home, 'shortened');
  const staging = new Staging({ folder, orderId: 'ord_1', round: '0', secret: 's' });
  const { signal } = new AbortController();
  const artifact = await staging.add({ body: 'all of it', contentType: 'text/plain', signal });
  await writeManifest(folder, { ...MADE, products: [{ artifact, mediaType: 'text' }] });
  expect(await findStagedOutput(folder)).not.toBeNull();
  await truncate(stagedFile(folder, artifact), 4);
  expect(await findStagedOutput(folder)).toBeNull();
});

test('several workers may be at the same folder at once', async () => {
  const folder = path.join(home, 'shared');
  const workers = Array.from({ length: 20 }, async (_, attempt) => {
    await mkdir(folder, { recursive: true });
    await writeManifest(folder, { ...MADE, attempt });
  });
  await Promise.all(workers);
  expect(await findStagedOutput(folder)).toMatchObject({ handler: 'painter' });
  expect(await readdir(folder)).toEqual(['made.json']);
});

test.each([
  ['of what was made', []],
  ['of what another try left there, too', ['half.part', 'other/left.txt']],
])('nothing stays of a recorded round, %s', async (name, left) => {
  const folder = path.join(home, name, '0-0');
  await mkdir(folder, { recursive: true });
  const staging = new Staging({ folder, orderId: 'ord_1', round: '0', secret: 's' });
  const { signal } = new AbortController();
  const products = await Promise.all(
    ['one', 'two'].map(async (body) => {
      const artifact = await staging.add({ body, contentType: 'text/plain', signal });
      return { artifact, mediaType: 'text' as const };
    }),
  );
  for (const file of left) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), 'left');
  }
  const made = await writeManifest(folder, { ...MADE, products: [...products, ...MADE.products] });
  await removeStagedOutput(folder, made);
  expect(await readdir(path.dirname(folder))).toEqual([]);
  await removeStagedOutput(folder, made);
});

test('output that version 0.1 staged is found, with its files', async () => {
  const dir = path.join(home, 'earlier-version');
  const folder = path.join(dir, '.made', 'ord_1', '1-0');
  expect(stagingFolder(dir, { orderId: 'ord_1', round: '1', draft: 0 })).toBe(folder);
  const artifact = {
    path: 'ord_1/1/0123456789abcdef0123456789abcdef/pdf.pdf',
    fileName: 'pdf.pdf',
    contentType: 'application/pdf',
    bytes: 9,
  };
  const file = path.join(folder, '7a23b5cff99669f43387bc44825ec0bebccdb9e593e0561bd5bc495333de8184');
  const manifest = {
    handler: 'painter',
    attempt: 0,
    madeAt: 1795000000000,
    secret: 'f'.repeat(64),
    parts: [{ product: { artifact, mediaType: 'document' }, isHere: true }],
  };
  await mkdir(folder, { recursive: true });
  await writeFile(file, '%PDF-1.7\n');
  await writeFile(path.join(folder, 'made.json'), JSON.stringify(manifest));
  expect(stagedFile(folder, artifact)).toBe(file);
  expect(await findStagedOutput(folder)).toEqual(manifest);
});
