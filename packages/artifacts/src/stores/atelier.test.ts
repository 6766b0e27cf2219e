import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InvalidOutputError } from '../errors.ts';
import { addBytes } from '../test-support/add-bytes.ts';
import { atelier, hostedType, whyNotHosted } from './atelier.ts';
import { localDisk } from './local-disk.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'atelier-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const text = { orderId: 'ord_1', round: '0', body: 'Hello', contentType: 'text/plain' };

test('a file that the marketplace hosts is kept for it, and has no address of its own', async () => {
  const store = atelier({ folder });
  const artifact = await addBytes(store, text);
  expect(await store.publicUrl(artifact)).toBeNull();
  expect(await (await store.read(artifact)).text()).toBe('Hello');
});

test.each([
  [
    'another type',
    { contentType: 'text/x-go', fileName: 'main.go' },
    /main\.go is text\/x-go, which .* not host/,
  ],
  [
    'another type by its bytes',
    { body: Buffer.from('fLaC\0\0\0\u0022') },
    /is audio\/.*flac, which .* not host/,
  ],
  ['too many bytes', { body: 'x'.repeat(11) }, /has 11 bytes, and at most 10 are hosted\. Set PUBLIC_URL/],
])('a file of %s is rejected before it is sent, and no part of it stays', async (_, fields, reason) => {
  const store = atelier({ folder, maxBytes: 10 });
  const refused = await addBytes(store, { ...text, orderId: 'ord_2', ...fields }).catch(
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(InvalidOutputError);
  expect(String(refused)).toMatch(reason);
  expect(await readdir(folder)).not.toContain('ord_2');
});

test('a worker may keep a larger file for another store', () => {
  expect(atelier({ folder, maxBytes: 10 }).maxBytes).toBe(localDisk({ folder }).maxBytes);
});

test('50 MB are 50,000,000 bytes', () => {
  const artifact = { fileName: 'a.txt', contentType: 'text/plain; charset=utf-8', bytes: 50_000_000 };
  expect(whyNotHosted(artifact)).toBeNull();
  expect(whyNotHosted({ ...artifact, bytes: 50_000_001 })).toContain('hosts at most 50000000');
  expect(() => atelier({ folder, maxBytes: 50_000_001 })).toThrow('maxBytes');
});

test.each([
  ['text/plain; charset=utf-8', 'text/plain'],
  [' Image/PNG ', 'image/png'],
  ['application/javascript', 'text/javascript'],
  ['application/x-zip-compressed', 'application/zip'],
  ['audio/mpeg', null],
  ['', null],
])('a file of type %j is hosted as %j', (contentType, type) => {
  expect(hostedType(contentType)).toBe(type);
});
