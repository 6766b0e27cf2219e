import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { InvalidOutputError, PermanentError, RetryLaterError } from '../errors.ts';
import { openBench } from '../test-support/context.ts';
import { type Answering, json, openServer } from '../test-support/http-server.ts';
import { type HttpOptions, http } from './http.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const bench = await openBench();
const server = await openServer();
const stranger = await openServer(json(200, { deliverables: [{ text: 'from a stranger' }] }));

const service = (options: Partial<HttpOptions> = {}) =>
  http({ url: `${server.url}/make`, secret: SECRET, askEverySeconds: 0.01, ...options });
/** Answers requests in turn; the last answer stays. Counts from zero. */
function serve(...answers: [Answering, ...Answering[]]) {
  server.seen.length = 0;
  server.answer = (response, request) =>
    (answers.length > 1 ? answers.shift() : answers[0])?.(response, request);
}
const asked = () => server.seen.map(({ method, url }) => `${method} ${url}`);
const DONE = json(200, { deliverables: [{ text: 'done' }] });
const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'made',
    (error: unknown) =>
      error instanceof PermanentError
        ? 'permanent'
        : error instanceof InvalidOutputError
          ? 'invalid'
          : 'transient',
  );

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

  test('gets the same id with each try, and another one when an operator asks again', async () => {
    serve(DONE);
    const { ctx } = bench.context();
    for (const attempt of [0, 0, 1]) await service()({ ...ctx, attempt });
    expect(server.seen.map(({ headers }) => headers['webhook-id'])).toEqual(
      [0, 0, 1].map((attempt) => `${ctx.order.id}-0-${attempt}`),
    );
  });

  test('may answer with the bytes themselves', async () => {
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
    expect(await new Response(made.body as unknown as ReadableStream).text()).toBe('PNG');
  });

  test('may answer with several deliverables, and with what it used', async () => {
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
  ])('a time to come again is obeyed without using a try: %s', async (_name, status, named, seconds) => {
    serve(json(status, { error: 'busy' }, { 'retry-after': named }));
    const failure = await service()(bench.context().ctx).catch((error: unknown) => error);
    if (!(failure instanceof RetryLaterError)) throw failure;
    expect(Math.abs(failure.seconds - seconds)).toBeLessThan(5);
    expect(failure.message).toContain('busy');
  });

  test('a usage that nobody can read takes no deliverable with it', async () => {
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

  test('an error without end is read as far as it is told, without keys', async () => {
    serve((response) => {
      response.writeHead(422, { 'content-type': 'text/plain' });
      response.write(`wrong key Bearer abcdefgh, ${'x'.repeat(200_000)}`);
    });
    const failure = service()(bench.context().ctx);
    await expect(failure).rejects.toThrow(/^the service answered 422: wrong key Bearer \[redacted\], x+$/);
    await expect(failure).rejects.toThrow(/^.{0,400}$/);
  });

  test('a list without end is not read to the end', async () => {
    serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        if (!response.destroyed) response.write(' '.repeat(1024 * 1024), more);
      };
      more();
    });
    await expect(service()(bench.context().ctx)).rejects.toThrow('is longer than 67108864 bytes');
  });

  test('one that stops in the midst of its answer is waited for no longer than it may take', async () => {
    for (const contentType of ['application/json', 'image/png']) {
      serve((response) => response.writeHead(200, { 'content-type': contentType }).write('{'));
      const made = await service({ requestSeconds: 0.1 })(bench.context().ctx).catch((error: Error) => error);
      const read =
        made instanceof Error || Array.isArray(made) || !('body' in made)
          ? Promise.reject(made)
          : new Response(made.body as unknown as ReadableStream).text();
      await expect(read).rejects.toThrow('too long to answer');
    }
  });

  test('one that does not answer is waited for no longer than it may take', async () => {
    serve(() => undefined);
    await expect(service({ requestSeconds: 0.05 })(bench.context().ctx)).rejects.toThrow(
      'too long to answer',
    );
  });
});

describe('a service that answers with 202', () => {
  const accepted = json(202, { url: '/jobs/7', progress: 'queued' });

  test('is asked until the job is done; what can pass loses no job', async () => {
    serve(accepted, json(202, { progress: 40 }), json(503, {}), (response) => response.destroy(), DONE);
    const { ctx, progress, remembered } = bench.context();
    expect(await service()(ctx)).toEqual([{ body: 'done', contentType: 'text/plain' }]);
    expect(asked()).toEqual(['POST /make', ...Array.from({ length: 4 }, () => 'GET /jobs/7')]);
    expect(progress).toEqual(['queued', 40]);
    expect(remembered).toEqual([{ jobUrl: `${server.url}/jobs/7`, lost: 0, told: false }]);
    for (const { headers, body } of server.seen) {
      const verify = () =>
        new Webhook(SECRET).verify(body, headers as Record<string, string>, { jsonParse: false });
      expect(verify).not.toThrow();
    }
  });

  test('may name the job in a Location header, and when to ask: in a second at the earliest', async () => {
    serve((response) => response.writeHead(202, { location: '/jobs/8', 'retry-after': '0' }).end(), DONE);
    const begun = performance.now();
    await service({ askEverySeconds: 60 })(bench.context().ctx);
    expect(performance.now() - begun).toBeGreaterThan(900);
    expect(asked()).toEqual(['POST /make', 'GET /jobs/8']);
  });

  test('that names no time, or none that can be read, is asked as often as the options say', async () => {
    for (const named of ['', 'soon', '-1']) {
      serve(json(202, { url: '/jobs/8' }, { 'retry-after': named }), json(202, {}), DONE);
      const begun = performance.now();
      await service({ askEverySeconds: 0.2 })(bench.context().ctx);
      expect(performance.now() - begun).toBeGreaterThan(350);
    }
  });

  test('gets each question under an id of its own', async () => {
    serve(accepted, json(202, {}), DONE);
    const { ctx } = bench.context();
    await service()(ctx);
    const ids = server.seen.map(({ headers }) => String(headers['webhook-id']));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids.slice(1)) expect(id).toMatch(new RegExp(`^${ctx.order.id}-0-0-ask-\\d+$`));
  });

  test('has what a job used counted once, however often the job is asked for', async () => {
    const done = json(200, { deliverables: [{ text: 'done' }], usage: [{ what: 'gpu', costUsd: 2 }] });
    serve(accepted, done);
    const first = bench.context();
    await service()(first.ctx);
    expect(first.usage).toMatchObject([{ what: 'gpu', costUsd: 2 }]);
    const again = bench.context({ remembered: first.remembered.at(-1) });
    expect(await service()(again.ctx)).toHaveLength(1);
    expect(again.usage).toEqual([]);
    // Of a try that died before it had told.
    const untold = bench.context({ remembered: first.remembered.at(0) });
    await service()(untold.ctx);
    expect(untold.usage).toHaveLength(1);
  });

  test('that stalls in the midst of an answer is asked again', async () => {
    serve(
      accepted,
      (response) => response.writeHead(202, { 'content-type': 'application/json' }).write('{"progress'),
      DONE,
    );
    expect(await service({ requestSeconds: 0.2 })(bench.context().ctx)).toHaveLength(1);
  });

  test('is not given the job again after a restart', async () => {
    serve(DONE);
    const { ctx } = bench.context({ remembered: { jobUrl: `${server.url}/jobs/7` } });
    await service()(ctx);
    expect(asked()).toEqual(['GET /jobs/7']);
  });

  test('that lost the job is given it again under another id', async () => {
    serve(accepted, json(404, {}));
    const lost = bench.context();
    await expect(service()(lost.ctx)).rejects.toThrow('knows the job no more');
    serve(DONE);
    const { order } = lost.ctx;
    await service()(bench.context({ order, remembered: lost.remembered.at(-1) }).ctx);
    expect(server.seen.map(({ method, headers }) => `${method} ${headers['webhook-id']}`)).toEqual([
      `POST ${order.id}-0-0-1`,
    ]);
  });

  test('that lost the job, or failed it, is given it again by the next try', async () => {
    for (const [answer, kind] of [
      [json(404, {}), 'transient'],
      [json(422, {}), 'permanent'],
    ] as const) {
      serve(accepted, answer);
      const { ctx, remembered } = bench.context();
      expect(await kindOf(service()(ctx))).toBe(kind);
      expect(remembered.at(-1)).toEqual({ jobUrl: null, lost: 1, told: false });
    }
  });

  test('cannot send us elsewhere', async () => {
    for (const url of [`${stranger.url}/jobs/7`, 'file:///etc/passwd', 'http://[']) {
      serve(json(202, { url }));
      expect(await kindOf(service()(bench.context().ctx))).toBe('permanent');
    }
    serve(DONE);
    await service()(bench.context({ remembered: { jobUrl: `${stranger.url}/jobs/7` } }).ctx);
    expect(asked()).toEqual(['POST /make']);
    expect(stranger.seen).toEqual([]);
  });

  test('is asked no more when the order is cancelled', async () => {
    const cancelled = new AbortController();
    serve(accepted, json(202, {}));
    const { ctx, said } = bench.context({ signal: cancelled.signal });
    const making = service()(ctx);
    await said();
    cancelled.abort(new Error('no longer wanted'));
    await expect(making).rejects.toThrow();
    const before = asked().length;
    await delay(50);
    expect(asked()).toHaveLength(before);
  });
});

test('a wrong option is told at once', () => {
  expect(() => service({ url: 'make' })).toThrow('needs a url');
  expect(() => service({ secret: '' })).toThrow('environment variable');
  expect(() => service({ requestSeconds: 3600 })).toThrow('202');
});
