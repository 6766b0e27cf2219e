import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { DiskError, InvalidOutputError } from '../errors.ts';
import type { Body } from '../outputs/output.ts';
import { fileIn, spoolIn } from '../staging/spool.ts';
import { localDisk } from './local-disk.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'artifacts-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const store = localDisk({ folder, publicUrl: 'https://orders.example.com', maxBytes: 1000 });
let orders = 0;

/** Stores bytes, each time of another order. */
function put(body: Body, fields: { contentType?: string; fileName?: string; signal?: AbortSignal } = {}) {
  orders += 1;
  const orderId = `ord_${orders}`;
  return store.put({ orderId, round: '0', contentType: 'text/plain', body, ...fields });
}
/** The files that remain of the last order. */
const leftBehind = async () => {
  const entries = await readdir(path.join(folder, `ord_${orders}`), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
};
const contentOf = (artifact: { path: string }) => readFile(path.join(folder, artifact.path), 'utf8');
const pieces = async function* (...chunks: unknown[]) {
  for (const chunk of chunks) yield chunk as Uint8Array;
};

test('a file that a local disk keeps elsewhere is taken as it is, again and again, and what cannot be taken is left to put', async () => {
  const spool = path.join(folder, 'spool');
  const input = {
    orderId: 'ord_taken',
    round: '0',
    body: 'made once',
    contentType: 'text/plain',
    secret: 's',
  };
  const made = await spoolIn(spool, 1000).put(input);
  const file = fileIn(spool, made);
  expect(await store.take?.(file, made)).toEqual(made);
  expect(await store.take?.(file, made)).toEqual(made);
  expect(await store.take?.(file, { ...made, bytes: 1001 })).toBeNull();
  await rm(file);
  expect(await contentOf(made)).toBe('made once');
  expect(await store.put(input)).toEqual(made);
  expect(await store.take?.(file, { ...made, path: 'ord_gone/0/x/y.txt' })).toBeNull();
});

test.each(['<!DOCTYPE html><p>502', '\n <html>', '\uFEFF<HTML lang="en">'])(
  'a page is not stored as an image, and nothing is left of it: %s',
  async (page) => {
    await expect(put(page, { contentType: 'image/png' })).rejects.toThrow('is an HTML page');
    expect(await leftBehind()).toEqual([]);
    await expect(put(page, { contentType: 'text/html' })).resolves.toMatchObject({
      contentType: 'text/html',
    });
  },
);

test('the files of an order are removed, and those of no other', async () => {
  const [gone, kept] = [await put('gone'), await put('kept')];
  await store.removeOrder(gone.path.split('/')[0] ?? '');
  await expect(store.read(gone)).rejects.toThrow('ENOENT');
  expect(await contentOf(kept)).toBe('kept');
  for (const none of ['', '.', '..', '../artifacts', `${orders}/0`]) {
    await expect(store.removeOrder(none)).rejects.toThrow("is no order's id");
  }
});

describe('an artifact is stored', () => {
  test.each<[string, () => Body]>([
    ['from a string', () => 'Grüße'],
    ['from bytes', () => Buffer.from('Grüße')],
    ['from a part of a larger buffer', () => new Uint8Array(Buffer.from('--Grüße--').subarray(2, 9))],
    ['from a stream', () => Readable.from([Buffer.from('Grü'), Buffer.from('ße')])],
    ['from a stream of text', () => Readable.from(['Grü', 'ße'])],
    ['from an async iterable', () => pieces(Buffer.from('Grü'), Buffer.alloc(0), Buffer.from('ße'))],
    ['from the body of a fetch', () => new Response('Grüße').body ?? ''],
  ])('%s', async (_, body) => {
    const artifact = await put(body(), { fileName: 'hello.txt' });
    expect(artifact).toMatchObject({ fileName: 'hello.txt', contentType: 'text/plain', bytes: 7 });
    expect(await contentOf(artifact)).toBe('Grüße');
    expect(await leftBehind()).toEqual(['hello.txt']);
    expect(await (await store.read(artifact)).text()).toBe('Grüße');
  });

  test('under a name that cannot be guessed, another one each time', async () => {
    const [one, two] = [await put('a'), await put('a')];
    for (const artifact of [one, two]) {
      expect(artifact.path).toMatch(/^ord_\d+\/0\/[0-9a-f]{32}\/deliverable\.txt$/);
    }
    expect(one.path.split('/')[2]).not.toBe(two.path.split('/')[2]);
  });

  test('under the same name when it has the same bytes and secret: it is there once', async () => {
    orders += 1;
    const input = { orderId: `ord_${orders}`, round: '0', contentType: 'text/plain', secret: 'of the round' };
    const one = await store.put({ ...input, body: 'a' });
    expect(await store.put({ ...input, body: Readable.from(['a']) })).toEqual(one);
    expect(await leftBehind()).toEqual(['deliverable.txt']);
    const others = [
      await store.put({ ...input, body: 'b' }),
      await store.put({ ...input, body: 'a', round: '1' }),
      await store.put({ ...input, body: 'a', secret: 'of another' }),
    ];
    expect(
      new Set([one, ...others].map((artifact) => artifact.path.split('/').slice(1, 3).join('/'))).size,
    ).toBe(4);
    for (const artifact of [one, ...others]) expect(await store.has?.(artifact)).toBe(true);
  });

  test('as what it is, under a name that says so', async () => {
    const artifact = await put(Buffer.from('GIF89a\0\0'), { contentType: 'image/png', fileName: 'cat.png' });
    expect(artifact).toMatchObject({ contentType: 'image/gif', fileName: 'cat.gif' });
  });

  test('and has a public address when the ingestor has one', async () => {
    const artifact = await put('a');
    expect(store.publicUrl(artifact)).toBe(`https://orders.example.com/artifacts/${artifact.path}`);
    expect(localDisk({ folder }).publicUrl(artifact)).toBeNull();
  });

  test('and no sooner seen under its name than it is whole', async () => {
    let names: string[] = [];
    await put(
      (async function* () {
        yield Buffer.from('half');
        names = await leftBehind();
        yield Buffer.from(' whole');
      })(),
    );
    expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.part$/)]);
    expect(await leftBehind()).toEqual(['deliverable.txt']);
  });

  test('inside the folder, whatever its name says', async () => {
    const name = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.constantFrom(
        '../../x',
        '/etc/passwd',
        '..\\..\\x',
        '.',
        '..',
        '%2e%2e%2f',
        '\0',
        'a/../../b',
        '.env',
      ),
    );
    await fc.assert(
      fc.asyncProperty(name, async (fileName) => {
        const artifact = await put('x', { fileName });
        const full = path.resolve(folder, artifact.path);
        expect(full.startsWith(`${folder}${path.sep}ord_${orders}${path.sep}0${path.sep}`)).toBe(true);
        expect(full).toMatch(/\.txt$/);
        expect(await contentOf(artifact)).toBe('x');
      }),
      { numRuns: 50 },
    );
  });
});

describe('nothing is stored, and nothing is left behind', () => {
  const wrong = (value: unknown) => value as Body;
  test.each<[string, () => Body, RegExp]>([
    ['of an empty text', () => '', /an artifact is empty/],
    ['of no bytes', () => new Uint8Array(), /an artifact is empty/],
    ['of a stream that ends at once', () => Readable.from([]), /an artifact is empty/],
    ['of too many bytes', () => 'x'.repeat(1001), /larger than 1000 bytes/],
    [
      'of a stream without end',
      () =>
        (async function* () {
          for (;;) yield Buffer.alloc(100);
        })(),
      /larger than 1000 bytes/,
    ],
    ['of a number', () => wrong(5), /must be a Uint8Array/],
    ['of nothing', () => wrong(undefined), /must be a Uint8Array/],
    ['of an object', () => wrong({ a: 1 }), /must be a Uint8Array/],
    ['of a stream of numbers', () => pieces(1, 2), /not bytes/],
  ])('%s: the output is refused', async (_, body, reason) => {
    const refused = await put(body()).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidOutputError);
    expect(String(refused)).toMatch(reason);
    expect(await leftBehind()).toEqual([]);
  });

  test('of a stream that fails half way, and its error is told', async () => {
    const body = (async function* () {
      yield Buffer.from('half');
      throw new Error('the source broke');
    })();
    await expect(put(body)).rejects.toThrow('the source broke');
    expect(await leftBehind()).toEqual([]);
  });

  test('of a file that is missing, which ends no process', async () => {
    await expect(put(createReadStream('/no/such/file'))).rejects.toThrow('ENOENT');
    expect(await leftBehind()).toEqual([]);
  });

  test('on a disk that takes none, which is no fault of the body', async () => {
    const file = path.join(folder, 'a-file');
    await writeFile(file, '');
    const input = { orderId: 'ord_1', round: '0', contentType: 'text/plain', body: 'a' };
    await expect(localDisk({ folder: file }).put(input)).rejects.toThrow(DiskError);
  });

  test('once the caller gives up, although the body goes on', async () => {
    const controller = new AbortController();
    const body = (async function* () {
      yield Buffer.from('half');
      controller.abort(new Error('no longer wanted'));
      await new Promise(() => undefined);
    })();
    await expect(put(body, { signal: controller.signal })).rejects.toThrow();
    expect(await leftBehind()).toEqual([]);
  });

  test('and a source that is too long is closed', async () => {
    const source = Readable.from(pieces(Buffer.alloc(800), Buffer.alloc(800), Buffer.alloc(800)));
    await expect(put(source)).rejects.toThrow('larger than 1000 bytes');
    expect(source.destroyed).toBe(true);
  });
});
