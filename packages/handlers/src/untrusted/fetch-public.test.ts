import { isPublicAddress } from '@fulfillment/artifacts';
import { describe, expect, test } from 'vitest';
import { PermanentError } from '../errors.ts';
import { openServer } from '../test-support/http-server.ts';
import { fetchPublic, fetchWithin, type Reach } from './fetch-public.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const server = await openServer((response, { url }) => {
  if (url === '/cat.png') response.end(PNG);
  else if (url === '/page.png')
    response.writeHead(200, { 'content-type': 'image/png' }).end('<html>no</html>');
  else if (url === '/moved') response.writeHead(302, { location: '/cat.png' }).end();
  else if (url === '/inside')
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
  else if (url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  else if (url === '/round') response.writeHead(302, { location: '/round' }).end();
  else if (url === '/huge') response.end(Buffer.alloc(5000));
  else if (url === '/busy') response.writeHead(503).end();
  else if (url === '/cut')
    response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
  else if (url !== '/silent') response.writeHead(404).end();
});
/** Everything public is reachable, and so is the one server of this test. */
const HERE: Reach = {
  protocols: ['http:', 'https:'],
  isAllowed: (address) => address === '127.0.0.1' || isPublicAddress(address),
};
const get = (path: string, options = {}) => fetchWithin(HERE, `${server.url}${path}`, options);
const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'fetched',
    (error: unknown) => (error instanceof PermanentError ? 'permanent' : 'transient'),
  );

test('bytes arrive with their real content type', async () => {
  expect(await get('/cat.png')).toMatchObject({ contentType: 'image/png' });
  expect(Buffer.from((await get('/moved')).bytes).equals(PNG)).toBe(true);
  await expect(get('/page.png', { contentType: /^image\// })).rejects.toThrow('application/octet-stream');
});

describe('a forbidden address', () => {
  test.each([
    ['http', 'http://example.com/cat.png'],
    ['a file', 'file:///etc/passwd'],
    ['loopback', 'https://127.0.0.1/'],
    ['loopback, as one number', 'https://2130706433/'],
    ['loopback, in hexadecimal', 'https://0x7f.1/'],
    ['a name of loopback', 'https://localhost/'],
    ['loopback of IPv6', 'https://[::1]/'],
    ['loopback of IPv4 in IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['loopback of IPv4 in an old form of IPv6', 'https://[::127.0.0.1]/'],
    ['a private network in that form', 'https://[::a00:8]/'],
    ['an address of IPv6 that is given to nobody', 'https://[4000::1]/'],
    ['loopback behind a translation of IPv6', 'https://[64:ff9b::7f00:1]/'],
    ['a private network', 'https://10.0.0.8/'],
    ['another one', 'https://192.168.1.1/'],
    ['a private network of IPv6', 'https://[fd00::1]/'],
    ['the metadata of a cloud', 'https://169.254.169.254/latest/meta-data/'],
    ['an address shared by a provider', 'https://100.64.0.1/'],
    ['no address', 'https://0.0.0.0/'],
    ['a password', 'https://user:secret@example.com/'],
    ['no URL', 'cat.png'],
  ])('%s', async (_name, url) => {
    const refusal = fetchPublic(url);
    expect(await kindOf(refusal)).toBe('permanent');
    await expect(refusal).rejects.not.toThrow('secret');
  });

  test('a name of this machine, which gets no request', async () => {
    const before = server.seen.length;
    const https: Reach = { protocols: ['http:'], isAllowed: isPublicAddress };
    await expect(fetchWithin(https, `http://localhost:${server.port}/cat.png`, {})).rejects.toThrow('public');
    expect(server.seen).toHaveLength(before);
  });

  test.each(['/inside', '/file', '/round'])('a redirect: %s', async (path) => {
    expect(await kindOf(get(path))).toBe('permanent');
  });
});

test('a public address', () => {
  for (const address of ['1.1.1.1', '::ffff:1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001:82b::200e'])
    expect(isPublicAddress(address)).toBe(true);
});

test('size, time and a signal limit a fetch', async () => {
  await expect(get('/huge', { maxBytes: 4999 })).rejects.toThrow('larger than 4999 bytes');
  await expect(get('/silent', { timeLimitSeconds: 0.05 })).rejects.toThrow('too long');
  const over = new AbortController();
  const asked = get('/silent', { signal: over.signal });
  over.abort(new Error('cancelled'));
  await expect(asked).rejects.toThrow('cancelled');
});

test('a temporary failure is not a permanent error', async () => {
  expect(await kindOf(get('/busy'))).toBe('transient');
  expect(await kindOf(get('/cut'))).toBe('transient');
  expect(await kindOf(get('/missing'))).toBe('permanent');
  expect(await kindOf(fetchWithin(HERE, 'http://127.0.0.1:1/', {}))).toBe('transient');
});
