import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { localDisk } from '@fulfillment/artifacts';
import { addBytes } from '@fulfillment/artifacts/test-support';
import { openRuntime } from '@fulfillment/platform/test-support';
import { afterAll, describe, expect, test } from 'vitest';
import { artifactRoutes } from './artifacts.ts';

const home = await mkdtemp(path.join(os.tmpdir(), 'artifacts-'));
const folder = path.join(home, 'served');
const base = await openRuntime();
const address = await base.runtime.listen(
  0,
  async (server) => void (await server.register(artifactRoutes, { folder })),
);
const store = localDisk({ folder, publicUrl: address });
await writeFile(path.join(home, 'secret.txt'), 'not yours');
afterAll(async () => {
  await base[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

/** The beginning of a file of each type. */
const BODIES: Record<string, string> = {
  'image/png': '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\u0001\0\0\0\u0001\b\0\0\0\0\0\0\0\0\0\0\0\0IDAT',
  'video/mp4': '\0\0\0\u0018ftypmp42\0\0\0\0mp42isom',
  'application/pdf': '%PDF-1.7\n',
  'application/zip': `PK\u0005\u0006${'\0'.repeat(18)}`,
};
const bodyOf = (contentType: string) => `${BODIES[contentType] ?? ''}made for you`;

/** Stores a file and gets it as a buyer does. */
async function opened(fileName: string, contentType: string, text = bodyOf(contentType)) {
  const body = Buffer.from(text, 'latin1');
  const artifact = await addBytes(store, { orderId: 'ord_1', round: '0', body, contentType, fileName });
  const url = (await store.publicUrl(artifact)) ?? '';
  const answer = await fetch(url);
  return {
    url,
    status: answer.status,
    headers: answer.headers,
    text: Buffer.from(await answer.arrayBuffer()).toString('latin1'),
  };
}

/** Requests a path unchanged, because fetch would normalise it. */
function raw(pathName: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address);
    const asked = request({ hostname, port, path: pathName }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('a file', () => {
  test.each([
    ['picture.png', 'image/png', 'image/png'],
    ['clip.mp4', 'video/mp4', 'video/mp4'],
    ['note.txt', 'text/plain', 'text/plain; charset=utf-8'],
    ['paper.pdf', 'application/pdf', 'application/pdf'],
  ])('%s is shown with exactly its type', async (fileName, contentType, served) => {
    const { status, headers, text } = await opened(fileName, contentType);
    expect(status).toBe(200);
    expect(text).toBe(bodyOf(contentType));
    expect(headers.get('content-type')).toBe(served);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-disposition')).toBe(`inline; filename=${fileName}`);
  });

  test.each([
    ['page.html', 'text/html'],
    ['drawing.svg', 'image/svg+xml'],
    ['page.xhtml', 'application/xhtml+xml'],
    ['feed.xml', 'application/xml'],
    ['run.js', 'text/javascript'],
    ['all.zip', 'application/zip'],
    ['unknown.bin', 'application/octet-stream'],
  ])('%s is a download, and no code in it runs', async (fileName, contentType) => {
    const { status, headers } = await opened(
      fileName,
      contentType,
      `${BODIES[contentType] ?? ''}<script>alert(1)</script>`,
    );
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toBe(`attachment; filename=${fileName}`);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('is saved under the name that the handler gave, in any script', async () => {
    const { url, headers } = await opened('設計書.pdf', 'application/pdf');
    expect(url).toMatch(/^[\x21-\x7e]+$/);
    expect(headers.get('content-disposition')).toBe(
      `inline; filename=deliverable.pdf; filename*=UTF-8''%E8%A8%AD%E8%A8%88%E6%9B%B8.pdf`,
    );
  });

  test('can be requested in parts, as players do', async () => {
    const { url } = await opened('clip.mp4', 'video/mp4');
    const part = await fetch(url, { headers: { range: 'bytes=4-7' } });
    expect([part.status, await part.text()]).toEqual([206, 'ftyp']);
  });
});

describe('nothing else is served:', () => {
  test('no guessed name, and no list of a folder', async () => {
    const { url } = await opened('note.txt', 'text/plain');
    const parts = new URL(url).pathname.split('/');
    expect(parts).toHaveLength(6);
    expect(parts[4]).toMatch(/^[0-9a-f]{32}$/);
    for (let length = 2; length < parts.length; length += 1) {
      expect(await raw(`${parts.slice(0, length).join('/')}/`)).toBe(404);
    }
  });

  test.each([
    '/artifacts/../secret.txt',
    '/artifacts/%2e%2e/secret.txt',
    '/artifacts/..%2fsecret.txt',
    '/artifacts/%2e%2e%2fsecret.txt',
    '/artifacts/..%5csecret.txt',
    '/artifacts/%252e%252e/secret.txt',
    '/artifacts//etc/passwd',
    '/artifacts/%00',
    '/artifacts/ord_1/%ff',
    '/artifacts/ord_1/0/..;/../../secret.txt',
  ])('%s', async (pathName) => {
    expect([400, 403, 404]).toContain(await raw(pathName));
  });

  test('no output that is not delivered yet', async () => {
    const made = path.join(folder, '.made', '0', '0'.repeat(32));
    await mkdir(made, { recursive: true });
    await writeFile(path.join(made, 'note.txt'), 'not yet');
    expect([403, 404]).toContain(await raw(`/artifacts/.made/0/${'0'.repeat(32)}/note.txt`));
  });

  test('no hidden or incomplete file', async () => {
    const random = '0'.repeat(32);
    const place = path.join(folder, 'ord_2', '0', random);
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, '.env'), 'KEY=1');
    await writeFile(path.join(place, 'note.txt.part'), 'half');
    expect(await raw(`/artifacts/ord_2/0/${random}/.env`)).toBe(403);
    expect(await raw(`/artifacts/ord_2/0/${random}/note.txt.part`)).toBe(404);
  });
});
