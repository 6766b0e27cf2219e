import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { clearMade, findMade, keepMade, mustTakeFiles } from './made.ts';
import { spoolIn } from './spool.ts';

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
  await mustTakeFiles(folder);
  await keepMade(folder, MADE);
  return folder;
}

test('what was made is found as it was kept', async () => {
  const { products, ...made } = MADE;
  const parts = products.map((product) => ({ product, isHere: false }));
  expect(await findMade(await madeIn('whole'))).toEqual({ ...made, parts });
  expect(await findMade(path.join(home, 'nowhere'))).toBeNull();
});

test.each([
  ['two that were written into each other', (text: string) => text + text.slice(40)],
  ['half of one', (text: string) => text.slice(0, 40)],
  ['one of another version', (text: string) => text.replace('"secret"', '"key"')],
])('a manifest that cannot be read counts as none: %s', async (name, spoilt) => {
  const folder = await madeIn(name);
  const manifest = path.join(folder, 'made.json');
  await writeFile(manifest, spoilt(await readFile(manifest, 'utf8')));
  expect(await findMade(folder)).toBeNull();
});

test('several workers may be at the same folder at once', async () => {
  const folder = path.join(home, 'shared');
  const workers = Array.from({ length: 20 }, async (_, attempt) => {
    await mustTakeFiles(folder);
    await keepMade(folder, { ...MADE, attempt });
  });
  await Promise.all(workers);
  expect(await findMade(folder)).toMatchObject({ handler: 'painter' });
  expect(await readdir(folder)).toEqual(['made.json']);
});

test.each([
  ['of what was made', []],
  ['of what another try left there, too', ['half.part', 'other/left.txt']],
])('nothing stays of a recorded round, %s', async (name, left) => {
  const folder = path.join(home, name, '0-0');
  await mustTakeFiles(folder);
  const spool = spoolIn(folder, 1000);
  const products = await Promise.all(
    ['one', 'two'].map(async (body) => {
      const artifact = await spool.put({ orderId: 'ord_1', round: '0', body, contentType: 'text/plain' });
      return { artifact, mediaType: 'text' as const };
    }),
  );
  for (const file of left) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), 'left');
  }
  const made = await keepMade(folder, { ...MADE, products: [...products, ...MADE.products] });
  await clearMade(folder, made);
  expect(await readdir(path.dirname(folder))).toEqual([]);
  await clearMade(folder, made);
});
