import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Output } from '@fulfillment/artifacts';
import type { GenerateContext } from '@fulfillment/handlers';
import { afterAll, describe, expect, test } from 'vitest';
import { GENERATE, openGeneration } from './test-support/generation.ts';

const app = await openGeneration();
const { placeFor, untilFact, facts, attention, folder } = app;
afterAll(() => app[Symbol.asyncDispose]());

/** An order whose handler returns this output. */
const orderGiving = (give: (ctx: GenerateContext) => unknown) =>
  placeFor({ name: 'painter', generate: (ctx) => give(ctx) as Output[] });

describe('a handler may return', () => {
  test('bytes with a content type, which become an artifact', async () => {
    const ref = await orderGiving(() => ({ body: 'a cat', contentType: 'text/plain', fileName: 'cat.txt' }));
    const { products } = await untilFact(ref, 'generated');
    expect(products).toMatchObject([{ mediaType: 'text', artifact: { fileName: 'cat.txt', bytes: 5 } }]);
    const [product] = products;
    expect(await readFile(path.join(folder, product?.artifact?.path ?? ''), 'utf8')).toBe('a cat');
  });

  test('a file, which is copied, and whose content type follows from its name', async () => {
    const file = path.join(folder, 'letter.md');
    await writeFile(file, '# Hello');
    const ref = await orderGiving(() => ({ file }));
    const { products } = await untilFact(ref, 'generated');
    expect(products).toMatchObject([
      { mediaType: 'text', artifact: { fileName: 'letter.md', contentType: 'text/markdown', bytes: 7 } },
    ]);
  });

  test('a URL with a media type', async () => {
    const ref = await orderGiving(() => ({ url: 'https://files.example/cat.png', mediaType: 'image' }));
    const { products } = await untilFact(ref, 'generated');
    expect(products).toEqual([{ url: 'https://files.example/cat.png', mediaType: 'image' }]);
  });

  test('a saved file, and several outputs of several media types', async () => {
    const ref = await orderGiving(async ({ artifacts }) => {
      const saved = await artifacts.save({ body: Buffer.from('GIF89a'), contentType: 'image/png' });
      return [saved, { body: '{}', contentType: 'application/json', mediaType: 'document' }];
    });
    const { products } = await untilFact(ref, 'generated');
    expect(products).toMatchObject([
      { mediaType: 'image', artifact: { contentType: 'image/gif', fileName: 'deliverable.gif' } },
      { mediaType: 'document' },
    ]);
  });
});

describe('an order goes to attention at once, with the handler in the reason, after the output', () => {
  const URL_ONE = { url: 'https://files.example/1', mediaType: 'image' };
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /returned nothing to deliver/],
    ['null', null, /returned nothing to deliver/],
    ['an empty list', [], /returned nothing to deliver/],
    ['a text', 'done', /returned string where a deliverable was expected/],
    ['a number', 7, /returned number/],
    ['a list with a hole', [URL_ONE, undefined], /returned undefined/],
    ['an empty object', {}, /neither body, file nor url/],
    ['bare bytes', new Uint8Array(3), /neither body, file nor url/],
    ['a body without a content type', { body: 'x' }, /no content type/],
    ['a body with a bad content type', { body: 'x', contentType: 'png' }, /no content type/],
    ['an empty body', { body: '', contentType: 'text/plain' }, /an artifact is empty/],
    ['a body that is too large', { body: 'x'.repeat(100_001), contentType: 'text/plain' }, /larger than/],
    ['a body that is an object', { body: { a: 1 }, contentType: 'text/plain' }, /must be a Uint8Array/],
    ['a file name that is no text', { body: 'x', contentType: 'text/plain', fileName: 7 }, /file name/],
    [
      'a file that is missing',
      { file: '/no/such/file.png' },
      /a file cannot be read: ENOENT.*no\/such\/file/,
    ],
    ['a folder', { file: '/tmp' }, /a file cannot be read: \/tmp is no file/],
    ['a file that is no path', { file: 7 }, /given by its path/],
    [
      'a URL of another scheme',
      { url: 'ftp://files.example/1', mediaType: 'image' },
      /is not an http\(s\) URL/,
    ],
    ['a script for a URL', { url: 'javascript:alert(1)', mediaType: 'link' }, /is not an http\(s\) URL/],
    ['a URL without a scheme', { url: 'files.example/1', mediaType: 'link' }, /is not an http\(s\) URL/],
    [
      'a URL with a blank in it',
      { url: 'https://files.example/my cat', mediaType: 'link' },
      /is not an http\(s\) URL/,
    ],
    [
      'a URL with a password',
      { url: 'https://me:secret-word@files.example/1?x=1', mediaType: 'link' },
      /https:\/\/files\.example\/1 is not delivered: it holds a user name or a password$/,
    ],
    ['a URL on this machine', { url: 'http://localhost:3000/1', mediaType: 'link' }, /leads to this machine/],
    ['a URL by a number', { url: 'http://0x7f.1/1', mediaType: 'link' }, /leads to this machine/],
    ['a URL of IPv6', { url: 'http://[::ffff:10.0.0.1]/1', mediaType: 'link' }, /a private network/],
    ['a URL of a local name', { url: 'http://nas.fritz.box/1', mediaType: 'link' }, /a private network/],
    ['a URL of a local name', { url: 'http://printer.home/1', mediaType: 'link' }, /a private network/],
    ['a URL of a local name', { url: 'http://x.corp/1', mediaType: 'link' }, /a private network/],
    ['a URL in a private network', { url: 'http://192.168.1.7/1', mediaType: 'link' }, /a private network/],
    ['a URL of a cloud', { url: 'http://169.254.169.254/latest', mediaType: 'link' }, /a private network/],
    ['a URL of a local name', { url: 'http://gpu-box.local./1', mediaType: 'link' }, /a private network/],
    ['a URL of a bare name', { url: 'http://comfyui:8188/1', mediaType: 'link' }, /a private network/],
    ['no URL', { url: undefined, mediaType: 'link' }, /"undefined" is not an http\(s\) URL/],
    ['a URL without a media type', { url: 'https://files.example/1' }, /a URL needs a media type/],
    ['a media type nobody knows', { ...URL_ONE, mediaType: 'hologram' }, /"hologram" is not one of image/],
    ['the same URL twice', [URL_ONE, URL_ONE], /the same URL twice: https:\/\/files.example\/1/],
    ['an artifact that is none', { artifact: 'cat', mediaType: 'image' }, /not what artifacts.save gave/],
    ['too many things', Array.from({ length: 51 }, () => URL_ONE), /more than 50/],
  ])('%s', async (_, output, reason) => {
    const ref = await orderGiving(() => output);
    const told = await attention(ref);
    expect(told).toMatch(reason);
    expect(told).toMatch(/^Handler "painter" failed \(try 1 of 3\)/);
    expect(await facts(ref, 'generated')).toEqual([]);
    expect((await app.job(ref, GENERATE)).attemptsMade).toBeLessThanOrEqual(1);
  });
});

describe('a URL that leads to this machine', () => {
  test('is delivered if the policy permits it, but never with a password', async () => {
    await using lenient = await openGeneration({ policy: { privateUrls: 'deliver' } });
    const giving = (url: string) =>
      lenient.placeFor({ name: 'here', generate: () => ({ url, mediaType: 'link' as const }) });
    const { products } = await lenient.untilFact(await giving('http://127.0.0.1:3000/1'), 'generated');
    expect(products).toMatchObject([{ url: 'http://127.0.0.1:3000/1' }]);
    expect(await lenient.attention(await giving('http://me:you@127.0.0.1:3000/1'))).toContain('password');
  });

  test('is delivered if it is one of our own artifacts', async () => {
    const publicUrl = 'http://127.0.0.1:4001';
    await using own = await openGeneration({ publicUrl, env: { PUBLIC_URL: publicUrl } });
    const ref = await own.placeFor({
      name: 'reuser',
      generate: async ({ artifacts }) => {
        const { url } = await artifacts.save({ body: 'x', contentType: 'text/plain' });
        return { url: url ?? '', mediaType: 'text' as const };
      },
    });
    const { products } = await own.untilFact(ref, 'generated');
    expect(products[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:4001\/artifacts\//);
  });
});

test('a broken stream ends no process, even before anybody reads it', async () => {
  const ref = await placeFor({
    name: 'streamer',
    attempts: 1,
    generate: () => [
      { body: slow(), contentType: 'text/plain' },
      { body: createReadStream('/no/such/file'), contentType: 'text/plain' },
    ],
  });
  expect(await attention(ref)).toMatch(/Handler "streamer" failed .*ENOENT/);
});

async function* slow() {
  for (let piece = 0; piece < 20; piece++) {
    await new Promise(setImmediate);
    yield Buffer.from('x');
  }
}
