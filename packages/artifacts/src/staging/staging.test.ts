import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { DiskError, InvalidOutputError } from '../errors.ts';
import type { Body } from '../outputs/output.ts';
import { Staging, stagedFile } from './staging.ts';

const home = await mkdtemp(path.join(os.tmpdir(), 'staging-'));
afterAll(() => rm(home, { recursive: true, force: true }));

let folder = home;
let orders = 0;
const placeOf = (fields: { round?: string; secret?: string } = {}) => ({
  folder,
  orderId: `ord_${orders}`,
  round: '0',
  secret: 'of the round',
  maxBytes: 1000,
  ...fields,
});

/** Stages bytes, each time for another order in a folder of its own. */
async function put(
  body: Body,
  fields: { contentType?: string; fileName?: string; signal?: AbortSignal } = {},
) {
  orders += 1;
  folder = path.join(home, String(orders));
  const { signal = new AbortController().signal } = fields;
  return new Staging(placeOf()).add({ contentType: 'text/plain', body, ...fields, signal });
}
const leftBehind = () => readdir(folder);
const contentOf = (artifact: { path: string }) => readFile(stagedFile(folder, artifact), 'utf8');
const pieces = async function* (...chunks: unknown[]) {
  for (const chunk of chunks) yield chunk as Uint8Array;
};

test.each(['<!DOCTYPE html><p>502', '\n <html>', '\uFEFF<HTML lang="en">'])(
  'a page is not staged as an image, and nothing is left of it: %s',
  async (page) => {
    await expect(put(page, { contentType: 'image/png' })).rejects.toThrow('is an HTML page');
    expect(await leftBehind()).toEqual([]);
    await expect(put(page, { contentType: 'text/html' })).resolves.toMatchObject({
      contentType: 'text/html',
    });
  },
);

describe('an artifact is staged', () => {
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
    expect(await leftBehind()).toHaveLength(1);
  });

  test('under a name that nobody can guess', async () => {
    const artifact = await put('a');
    expect(artifact.path).toMatch(/^ord_\d+\/0\/[0-9a-f]{32}\/deliverable\.txt$/);
  });

  test('under the same name when it has the same bytes and secret: it is there once', async () => {
    const one = await put('a');
    const add = (body: Body, fields = {}) =>
      new Staging(placeOf(fields)).add({
        contentType: 'text/plain',
        body,
        signal: new AbortController().signal,
      });
    expect(await add(Readable.from(['a']))).toEqual(one);
    expect(await leftBehind()).toHaveLength(1);
    const others = [await add('b'), await add('a', { round: '1' }), await add('a', { secret: 'of another' })];
    expect(
      new Set([one, ...others].map((artifact) => artifact.path.split('/').slice(1, 3).join('/'))).size,
    ).toBe(4);
    expect(await leftBehind()).toHaveLength(4);
  });

  test('as what it is, under a name that says so', async () => {
    const artifact = await put(Buffer.from('GIF89a\0\0'), { contentType: 'image/png', fileName: 'cat.png' });
    expect(artifact).toMatchObject({ contentType: 'image/gif', fileName: 'cat.gif' });
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
    expect(await leftBehind()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
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
        expect(path.posix.normalize(artifact.path)).toBe(artifact.path);
        expect(artifact.path).toMatch(/^ord_\d+\/0\/[0-9a-f]{32}\/[^/]+\.txt$/);
        expect(path.dirname(stagedFile(folder, artifact))).toBe(folder);
        expect(await contentOf(artifact)).toBe('x');
      }),
      { numRuns: 50 },
    );
  });
});

describe('nothing is staged, and nothing is left behind', () => {
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

  test('of a stream that fails half way, and its error is thrown', async () => {
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

  test('on a disk that takes no files, which is not a fault of the body', async () => {
    const file = path.join(home, 'a-file');
    await writeFile(file, '');
    const staging = new Staging({ ...placeOf(), folder: file });
    const { signal } = new AbortController();
    await expect(staging.add({ contentType: 'text/plain', body: 'a', signal })).rejects.toThrow(DiskError);
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
