import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningSandbox, startSandbox } from '../../test-support/running-sandbox.ts';

const MB = 1024 * 1024;

let market: RunningSandbox;
beforeAll(async () => {
  market = await startSandbox();
});
afterAll(() => market[Symbol.asyncDispose]());

/** The permission to upload one file. */
interface UploadToken {
  token: string;
  pathname: string;
}

const askToken = (content_type = 'video/mp4') =>
  market.api<UploadToken>('POST /api/upload/token', { content_type, filename: 'a film.mp4' });

async function putFile(
  { token, pathname }: UploadToken,
  { bytes = Buffer.from('film'), type = 'video/mp4' } = {},
) {
  const answer = await fetch(`${market.url}/blob/?pathname=${encodeURIComponent(pathname)}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'x-content-type': type },
    body: new Uint8Array(bytes),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('a token allows one direct upload of a file that the edge rejects', async () => {
  const bytes = Buffer.alloc(50 * MB, 7);
  const form = new FormData();
  form.set('file', new File([bytes], 'a.mp4', { type: 'video/mp4' }));
  const plain = await fetch(`${market.url}/api/upload`, { method: 'POST', body: form });
  expect([plain.status, plain.headers.get('content-type')]).toEqual([413, 'text/plain; charset=utf-8']);

  const { data } = await askToken();
  expect(data).toEqual({
    token: expect.any(String),
    pathname: expect.stringMatching(/^uploads\/file_\w+\.mp4$/),
  });
  const { status, body } = await putFile(data, { bytes });
  expect(status).toBe(200);
  expect(body).toMatchObject({ pathname: data.pathname, contentType: 'video/mp4' });
  const file = await fetch(String(body.url));
  expect(file.headers.get('content-type')).toBe('video/mp4');
  expect((await file.arrayBuffer()).byteLength).toBe(bytes.length);
  expect(await putFile(data)).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } });
}, 60_000);

test('a body up to the limit of the edge is accepted, and the limit can be lifted', async () => {
  const send = async (bytes: number) => {
    const padding = 'x'.repeat(bytes);
    return (await market.api('POST /api/market', { mints: ['m'], padding })).status;
  };
  expect(await send(4_400_000)).toBe(200);
  expect(await send(4_600_000)).toBe(413);
  await market.control('PUT /sandbox/behaviour', { edge_body_bytes: null });
  expect(await send(4_600_000)).toBe(200);
  await market.control('PUT /sandbox/behaviour', { edge_body_bytes: 4_500_000 });
});

describe('the store rejects', () => {
  test('an unknown token', async () => {
    const { data } = await askToken();
    const wrong = { ...data, token: 'nobody' };
    expect(await putFile(wrong)).toEqual({
      status: 403,
      body: { error: { code: 'forbidden', message: 'Access denied' } },
    });
  });

  test("a path other than the token's", async () => {
    const { data } = await askToken();
    expect((await putFile({ ...data, pathname: 'elsewhere.mp4' })).status).toBe(400);
  });

  test("a type other than the token's", async () => {
    const { data } = await askToken();
    expect(await putFile(data, { type: 'text/html' })).toMatchObject({
      status: 400,
      body: { error: { code: 'content_type_not_allowed' } },
    });
  });

  test('a file of more than 50 MB', async () => {
    const { data } = await askToken();
    expect(await putFile(data, { bytes: Buffer.alloc(50 * MB + 1) })).toMatchObject({
      status: 400,
      body: { error: { code: 'file_too_large' } },
    });
  });

  test('a token that is older than an hour', async () => {
    const { data } = await askToken();
    await market.control('POST /sandbox/clock', { ms: 3_600_001 });
    expect(await putFile(data)).toMatchObject({
      status: 403,
      body: { error: { code: 'client_token_expired' } },
    });
  });
});

test('a token is only for permitted types, and counts like an upload', async () => {
  expect((await askToken('audio/mpeg')).error).toMatch(
    /^Invalid file type "audio\/mpeg"\. Allowed: image\/jpeg, /,
  );
  await market.control('PUT /sandbox/rate-limit', { mode: 'shared', ceilings: { upload: 1 } });
  expect((await askToken()).status).toBe(200);
  expect((await askToken()).status).toBe(429);
});
