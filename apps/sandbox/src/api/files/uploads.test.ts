import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, type RunningSandbox, startSandbox } from '../../test-support/running-sandbox.ts';

const MAX = 1024 * 1024;

let market: RunningSandbox;
beforeAll(async () => {
  market = await startSandbox({ maxUploadBytes: MAX });
});
afterAll(() => market[Symbol.asyncDispose]());

describe('an upload', () => {
  const upload = async (path: string, { type = 'image/png', field = 'file', bytes = 'PNG' } = {}) => {
    const form = new FormData();
    form.append(field, new File([bytes], 'a picture.png', { type }));
    const headers = { authorization: `Bearer ${KEY}` };
    const answer = await fetch(`${market.url}${path}`, { method: 'POST', headers, body: form });
    return {
      status: answer.status,
      ...((await answer.json()) as { data: Record<string, string>; error: string }),
    };
  };

  test('is hosted by the marketplace', async () => {
    const { data } = await upload(`/api/orders/${await market.paid()}/upload`);
    expect(data).toMatchObject({ media_type: 'image', url: /\/uploads\/file_.*-a-picture\.png$/ });
    const file = await fetch(data.url ?? '');
    expect(file.headers.get('content-type')).toBe('image/png');
    expect(file.headers.get('content-security-policy')).toContain('sandbox');
    expect(await file.text()).toBe('PNG');
    const { calls } = await market.history();
    expect(calls.at(-1)?.body).toBe('{"file":"a picture.png","type":"image/png","bytes":3}');
  });

  test('of a page is accepted for an order only', async () => {
    const html = { type: 'text/html' };
    expect((await upload(`/api/orders/${await market.paid()}/upload`, html)).data.media_type).toBe('code');
    expect(await upload('/api/upload', html)).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^Invalid file type "text\/html"\. Allowed: image\/jpeg, /),
    });
  });

  test('of a type with a parameter is rejected', async () => {
    const { status, error } = await upload('/api/upload', { type: 'text/plain; charset=utf-8' });
    expect([status, error]).toEqual([400, expect.stringMatching(/^Invalid file type "text\/plain;/)]);
  });

  test('without the field "file", or without any field, is rejected', async () => {
    expect(await upload('/api/upload', { field: 'picture' })).toMatchObject({
      status: 400,
      error: 'file field is required',
    });
    expect(await market.api('POST /api/upload', {})).toMatchObject({ status: 500, error: 'Upload failed' });
  });

  test.each([1, 65_536, 500_000])('of %i bytes too many is rejected', async (more) => {
    const tooLarge = { status: 400, error: 'File too large. Maximum size is 1MB' };
    expect((await upload('/api/upload', { bytes: 'x'.repeat(MAX) })).status).toBe(200);
    expect(await upload('/api/upload', { bytes: 'x'.repeat(MAX + more) })).toMatchObject(tooLarge);
  });
});
