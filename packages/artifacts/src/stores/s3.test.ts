import { type AddressInfo, connect, createServer } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { InvalidOutputError, PermanentError } from '../errors.ts';
import { addBytes } from '../test-support/add-bytes.ts';
import { openS3 } from '../test-support/s3-server.ts';
import { type S3Options, s3 } from './s3.ts';

const BUCKET = 'deliverables';
const server = await openS3(BUCKET);
const { endpoint, credentials } = server;
afterAll(() => server[Symbol.asyncDispose]());

const storeWith = (options: Partial<S3Options> = {}) =>
  s3({
    bucket: BUCKET,
    endpoint,
    credentials,
    access: { signedForDays: 7 },
    ...options,
  });
let orders = 0;
const fileOf = (
  fields: { body?: Buffer | string | Readable; contentType?: string; fileName?: string } = {},
) => {
  orders += 1;
  return { orderId: `ord_${orders}`, round: '0', body: 'Grüße', contentType: 'text/plain', ...fields };
};

/**
 * Forwards connections to the store, except for the first `failures` ones. Reports what was sent.
 */
async function flaky(failures: number): Promise<{ url: string; refused: () => number; sent: () => string }> {
  let refused = 0;
  const sent: Buffer[] = [];
  const proxy = createServer((socket) => {
    socket.on('error', () => undefined);
    if (refused < failures) {
      refused += 1;
      socket.destroy();
      return;
    }
    const { hostname, port } = new URL(endpoint);
    const upstream = connect(Number(port), hostname);
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    socket.on('data', (chunk) => sent.push(chunk));
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  afterAll(() => proxy.close());
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    refused: () => refused,
    sent: () => Buffer.concat(sent).toString('latin1'),
  };
}

describe('a file', () => {
  test('is stored, read, and opened by a buyer with a signed URL', async () => {
    const store = storeWith();
    const artifact = await addBytes(store, fileOf({ fileName: '../Grüße 1.txt' }));
    expect(artifact).toMatchObject({ fileName: 'Grüße 1.txt', contentType: 'text/plain', bytes: 7 });
    expect(artifact.path).toMatch(/^ord_\d+\/0\/[0-9a-f]{32}\/Gru-e-1~[\w-]+\.txt$/);
    const blob = await store.read(artifact);
    expect([await blob.text(), blob.type]).toEqual(['Grüße', 'text/plain']);
    const url = await store.publicUrl(artifact);
    expect(new URL(url ?? '').searchParams.get('X-Amz-Expires')).toBe(String(7 * 24 * 3600));
    const answer = await fetch(url ?? '');
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/plain',
      'Grüße',
    ]);
    expect(answer.headers.get('content-disposition')).toBe(
      `inline; filename=Gru-e-1.txt; filename*=UTF-8''Gr%C3%BC%C3%9Fe%201.txt`,
    );
  });

  test('larger than one part is stored whole', async () => {
    const store = storeWith();
    const pieces = Array.from({ length: 13 }, (_, index) => Buffer.alloc(1024 * 1024, index));
    const artifact = await addBytes(
      store,
      fileOf({ body: Readable.from(pieces), contentType: 'application/x-of-mine' }),
    );
    expect(artifact.bytes).toBe(13 * 1024 * 1024);
    const blob = await store.read(artifact);
    expect(Buffer.from(await blob.arrayBuffer()).equals(Buffer.concat(pieces))).toBe(true);
  });

  test('has the public address that the operator gives', async () => {
    const store = storeWith({ access: { publicUrl: 'https://cdn.example.com/' }, prefix: 'made/' });
    const artifact = await addBytes(store, fileOf({ fileName: 'cat.txt' }));
    expect(await store.publicUrl(artifact)).toBe(`https://cdn.example.com/made/${artifact.path}`);
  });

  test('whose upload had an unknown outcome is uploaded again under the same name, and exists once', async () => {
    const store = storeWith();
    const input = { ...fileOf(), secret: 'of the round' };
    const artifact = await addBytes(store, input);
    expect(await addBytes(store, input)).toEqual(artifact);
    expect((await addBytes(store, { ...input, body: 'Other' })).path).not.toBe(artifact.path);
    expect(await store.has(artifact)).toBe(true);
    expect(await store.has({ ...artifact, path: `${input.orderId}/0/none/none.txt` })).toBe(false);
  });

  test('is sent with the access that a bucket goes by', async () => {
    const { url, sent } = await flaky(0);
    const store = storeWith({ endpoint: url, acl: 'public-read', access: { publicUrl: `${url}/${BUCKET}` } });
    const artifact = await addBytes(store, fileOf());
    expect(sent()).toMatch(/^x-amz-acl: public-read\r$/m);
    expect(await (await store.read(artifact)).text()).toBe('Grüße');
  });

  test('is what its bytes say, as everywhere', async () => {
    const body = Buffer.from('GIF89a\0\0');
    const artifact = await addBytes(
      storeWith(),
      fileOf({ body, contentType: 'image/png', fileName: 'cat.png' }),
    );
    expect(artifact).toMatchObject({ contentType: 'image/gif', fileName: 'cat.gif' });
  });

  test('that cannot be delivered is not stored', async () => {
    await expect(addBytes(storeWith(), fileOf({ body: '' }))).rejects.toThrow(InvalidOutputError);
    await expect(addBytes(storeWith({ maxBytes: 3 }), fileOf())).rejects.toThrow('larger than 3 bytes');
  });
});

test('an order that is forgotten leaves nothing, and takes nothing of others with it', async () => {
  const store = storeWith();
  const [gone, also] = [
    await addBytes(store, fileOf()),
    await addBytes(store, { ...fileOf(), orderId: 'ord_10' }),
  ];
  const kept = await addBytes(store, { ...fileOf(), orderId: 'ord_100' });
  await store.removeOrder('ord_10');
  await store.removeOrder('ord_none');
  await expect(store.read(also)).rejects.toThrow();
  expect(await (await store.read(kept)).text()).toBe('Grüße');
  expect(await (await store.read(gone)).text()).toBe('Grüße');
});

describe('a store that is down', () => {
  test('fails with an error that allows a retry', async () => {
    const failure = addBytes(storeWith({ endpoint: 'http://127.0.0.1:1' }), fileOf());
    await expect(failure).rejects.toThrow();
    await expect(failure).rejects.not.toThrow(PermanentError);
  });

  test('for a while: the body is read once, and stored when the store is back', async () => {
    const { url, refused } = await flaky(2);
    let reads = 0;
    const body = Readable.from(
      (function* () {
        reads += 1;
        yield Buffer.from('made once');
      })(),
    );
    const artifact = await addBytes(storeWith({ endpoint: url }), fileOf({ body }));
    expect(await (await storeWith().read(artifact)).text()).toBe('made once');
    expect(refused()).toBe(2);
    expect(reads).toBe(1);
  });

  describe('that takes connections, and says nothing,', () => {
    const deaf = async () => {
      const server = createServer(() => undefined);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      afterAll(() => server.close());
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    const artifact = { path: 'ord_1/0/0/a.txt', fileName: 'a.txt', contentType: 'text/plain', bytes: 1 };

    test('is down', async () => {
      const store = storeWith({ endpoint: await deaf(), timeoutSeconds: 0.2 });
      await expect(addBytes(store, fileOf())).rejects.toThrow();
      await expect(store.read(artifact)).rejects.toThrow();
    });

    test('holds up nobody who gives up', async () => {
      const store = storeWith({ endpoint: await deaf() });
      await expect(store.read(artifact, AbortSignal.timeout(50))).rejects.toThrow();
      await expect(store.removeOrder('ord_1', AbortSignal.timeout(50))).rejects.toThrow();
      await expect(addBytes(store, { ...fileOf(), signal: AbortSignal.timeout(50) })).rejects.toThrow();
    });
  });

  test('ends with the order that is cancelled', async () => {
    const cancelled = new AbortController();
    const putting = addBytes(storeWith({ endpoint: 'http://127.0.0.1:1' }), {
      ...fileOf(),
      signal: cancelled.signal,
    });
    setTimeout(() => cancelled.abort(new Error('no longer wanted')), 200);
    await expect(putting).rejects.toThrow();
  });

  test('rejects a file for good: a human is asked at once', async () => {
    const credentials = { accessKeyId: 'nobody', secretAccessKey: 'nothing' };
    await expect(addBytes(storeWith({ credentials }), fileOf())).rejects.toThrow(PermanentError);
    await expect(addBytes(storeWith({ bucket: 'no-such-bucket' }), fileOf())).rejects.toThrow('NoSuchBucket');
  });
});

test('an access that gives buyers no URL is an error at once, as is a misspelt credential', () => {
  const given = (options: object) => () => s3({ bucket: 'b', access: { signedForDays: 5 }, ...options });
  expect(given({ access: { publicURL: 'https://cdn.example.com' } })).toThrow('Did you mean "publicUrl"?');
  expect(given({ access: {} })).toThrow('either publicUrl or signedForDays');
  expect(given({ access: { publicUrl: 'https://cdn.example.com', signedForDays: 5 } })).toThrow('either');
  expect(given({ credentials: { accessKeyId: 'a', secretKey: 'b' } })).toThrow('secretAccessKey');
});

test('a wrong option is an error at once', () => {
  expect(() => storeWith({ access: { signedForDays: 8 } })).toThrow('signedForDays');
  expect(() => storeWith({ access: { signedForDays: 2.9 } })).toThrow('signedForDays must be from 3 to 7');
  expect(() => storeWith({ access: { publicUrl: 'cdn' } })).toThrow('publicUrl');
});
