import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { RetryLaterError } from '../errors.ts';
import { openBench } from '../test-support/context.ts';
import { type Answering, json } from '../test-support/http-server.ts';
import { DONE, kindOf, openService, SECRET } from '../test-support/operators-service.ts';

const bench = await openBench();
const { server, stranger, service, serve } = await openService();

describe('a service that answers at once', () => {
  test('gets the job, signed as a Standard Webhook', async () => {
    serve(DONE);
    const { ctx } = bench.context({ brief: 'A cat.', round: 1, feedback: 'Bluer.' });
    expect(await service({ headers: { 'x-team': 'studio' } })(ctx)).toEqual([
      { body: 'done', contentType: 'text/plain' },
    ]);
    const [request] = server.seen;
    expect(request?.headers).toMatchObject({ 'x-team': 'studio', 'webhook-id': `${ctx.order.id}-1-0` });
    const verified = new Webhook(SECRET).verify(
      request?.body ?? '',
      request?.headers as Record<string, string>,
    );
    expect(verified).toMatchObject({
      order: { brief: 'A cat.' },
      round: 1,
      feedback: 'Bluer.',
      isDispute: false,
    });
  });

  test("gets the same id with each try, and another id after an operator's retry", async () => {
    serve(DONE);
    const { ctx } = bench.context();
    for (const attempt of [0, 0, 1]) await service()({ ...ctx, attempt });
    expect(server.seen.map(({ headers }) => headers['webhook-id'])).toEqual(
      [0, 0, 1].map((attempt) => `${ctx.order.id}-0-${attempt}`),
    );
  });

  test("may answer with the file's bytes", async () => {
    serve((response) =>
      response
        .writeHead(200, {
          'content-type': 'image/png',
          'content-disposition': 'attachment; filename="cat.png"',
        })
        .end('PNG'),
    );
    const { ctx } = bench.context();
    const made = await service()(ctx);
    if (Array.isArray(made) || !('body' in made)) throw new Error('no bytes');
    expect(made).toMatchObject({ contentType: 'image/png', fileName: 'cat.png' });
    expect(await text(Readable.from(made.body))).toBe('PNG');
  });

  test('may answer with several deliverables and the usage', async () => {
    serve(
      json(200, {
        deliverables: [
          { url: 'https://files.example.com/1', mediaType: 'video' },
          { base64: Buffer.from('PNG').toString('base64'), contentType: 'image/png', fileName: 'cat.png' },
        ],
        usage: [{ what: 'gpu', costUsd: 0.2 }],
      }),
    );
    const { ctx, usage } = bench.context();
    expect(await service()(ctx)).toEqual([
      { url: 'https://files.example.com/1', mediaType: 'video' },
      { body: Buffer.from('PNG'), contentType: 'image/png', fileName: 'cat.png' },
    ]);
    expect(usage).toMatchObject([{ what: 'gpu', costUsd: 0.2 }]);
  });

  test.each([
    ['a refusal', json(422, { error: 'no portraits' }), 'permanent', 'no portraits'],
    ['an error', json(500, {}), 'transient', '500'],
    ['being busy', json(429, {}), 'transient', '429'],
    [
      'a redirect',
      (response) => response.writeHead(302, { location: stranger.url }).end(),
      'permanent',
      '302',
    ],
    ['another shape', json(200, { deliverables: [{ file: '/etc/passwd' }] }), 'invalid', 'answer is wrong'],
    ['nothing to deliver', json(200, { deliverables: [] }), 'invalid', 'answer is wrong'],
    [
      'a page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'invalid',
      'HTML',
    ],
    [
      'no JSON',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{'),
      'invalid',
      'wrong',
    ],
    ['a broken connection', (response) => response.destroy(), 'transient', 'cannot be reached'],
  ] satisfies [string, Answering, string, string][])('%s', async (_name, answer, kind, message) => {
    serve(answer);
    expect(await kindOf(service()(bench.context().ctx))).toBe(kind);
    await expect(service()(bench.context().ctx)).rejects.toThrow(message);
    expect(stranger.seen).toEqual([]);
  });

  test.each([
    ['429', 429, '120', 120],
    ['503', 503, '90', 90],
    ['a date', 429, new Date(Date.now() + 200_000).toUTCString(), 200],
    ['a moment', 429, '0', 1],
  ])('a retry time is honoured without using a try: %s', async (_name, status, named, seconds) => {
    serve(json(status, { error: 'busy' }, { 'retry-after': named }));
    const failure = await service()(bench.context().ctx).catch((error: unknown) => error);
    if (!(failure instanceof RetryLaterError)) throw failure;
    expect(Math.abs(failure.seconds - seconds)).toBeLessThan(5);
    expect(failure.message).toContain('busy');
  });

  test('an unreadable usage does not affect the deliverables', async () => {
    for (const usage of [
      [
        { what: 'gpu', costUsd: -1 },
        { what: 'gpu', costUsd: 0.2 },
      ],
      [{ costUsd: 'much' }, { what: 'gpu', inputTokens: 1.5 }],
      'much',
    ]) {
      serve(json(200, { deliverables: [{ text: 'done' }], usage }));
      const { ctx, usage: told } = bench.context();
      const warned: string[] = [];
      const log = { ...ctx.log, warn: (_fields: object, message: string) => void warned.push(message) };
      expect(await service()({ ...ctx, log })).toHaveLength(1);
      expect(warned[0]).toContain('cannot be read');
      expect(told.every(({ costUsd }) => costUsd === 0.2)).toBe(true);
    }
  });

  test.each([
    ['no deliverables', json(200, { usage: { what: 'gpu', costUsd: 0.3 } }), 'answer is wrong'],
    [
      'deliverables that are wrong',
      json(200, { deliverables: [{ url: 5 }], usage: [{ what: 'gpu', costUsd: 0.3 }] }),
      'answer is wrong',
    ],
    ['a failure', json(500, { error: 'no ink', usage: { what: 'gpu', costUsd: 0.3 } }), 'answered 500'],
    [
      'a field of the usage that is wrong',
      json(422, { usage: { what: 'gpu', images: -1, costUsd: 0.3 } }),
      'answered 422',
    ],
  ])('a usage counts although the answer has %s', async (_, answer, told) => {
    serve(answer);
    const { ctx, usage } = bench.context();
    await expect(service()(ctx)).rejects.toThrow(told);
    expect(usage).toMatchObject([{ what: 'gpu', costUsd: 0.3 }]);
  });

  test('an unknown option is an error at once', () => {
    expect(() => service({ askEverySecond: 1 } as never)).toThrow(
      'http has no option "askEverySecond". Did you mean "askEverySeconds"?',
    );
  });

  test('an endless error is read as far as it is quoted, without keys', async () => {
    serve((response) => {
      response.writeHead(422, { 'content-type': 'text/plain' });
      response.write(`wrong key Bearer abcdefgh, ${'x'.repeat(200_000)}`);
    });
    const failure = service()(bench.context().ctx);
    await expect(failure).rejects.toThrow(/^the service answered 422: wrong key Bearer \[redacted\], x+$/);
    await expect(failure).rejects.toThrow(/^.{0,400}$/);
  });

  test('an endless list is not read to the end', async () => {
    serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        if (!response.destroyed) response.write(' '.repeat(1024 * 1024), more);
      };
      more();
    });
    await expect(service()(bench.context().ctx)).rejects.toThrow('is longer than 67108864 bytes');
  });

  test('a service that stalls during its answer is abandoned at its time limit', async () => {
    for (const contentType of ['application/json', 'image/png']) {
      serve((response) => response.writeHead(200, { 'content-type': contentType }).write('{'));
      const made = await service({ requestSeconds: 0.1 })(bench.context().ctx).catch((error: Error) => error);
      const read =
        made instanceof Error || Array.isArray(made) || !('body' in made)
          ? Promise.reject(made)
          : text(Readable.from(made.body));
      await expect(read).rejects.toThrow('too long to answer');
    }
  });

  test('a service that does not answer is abandoned at its time limit', async () => {
    serve(() => undefined);
    await expect(service({ requestSeconds: 0.05 })(bench.context().ctx)).rejects.toThrow(
      'too long to answer',
    );
  });
});

test('a wrong option is an error at once', () => {
  expect(() => service({ url: 'make' })).toThrow('needs a url');
  expect(() => service({ secret: '' })).toThrow('environment variable');
  expect(() => service({ requestSeconds: 3600 })).toThrow('202');
});
