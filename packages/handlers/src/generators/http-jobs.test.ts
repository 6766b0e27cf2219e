import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { openBench } from '../test-support/context.ts';
import { json } from '../test-support/http-server.ts';
import { DONE, kindOf, openService, SECRET } from '../test-support/operators-service.ts';

import { pauseSeconds } from './http.ts';

const bench = await openBench();
const { server, stranger, service, serve, asked } = await openService();

const accepted = json(202, { url: '/jobs/7', progress: 'queued' });

test('a job is polled until it is done, and temporary errors do not lose it', async () => {
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

test('a job may be named in a Location header, with a retry time of at least a second', async () => {
  serve((response) => response.writeHead(202, { location: '/jobs/8', 'retry-after': '0' }).end(), DONE);
  const begun = performance.now();
  await service({ askEverySeconds: 60 })(bench.context().ctx);
  expect(performance.now() - begun).toBeGreaterThan(900);
  expect(asked()).toEqual(['POST /make', 'GET /jobs/8']);
});

test('a job without a valid retry time is polled at the interval of the options', async () => {
  for (const named of ['', 'soon', '-1']) {
    serve(json(202, { url: '/jobs/8' }, { 'retry-after': named }), json(202, {}), DONE);
    const begun = performance.now();
    await service({ askEverySeconds: 0.2 })(bench.context().ctx);
    expect(performance.now() - begun).toBeGreaterThan(350);
  }
});

test('each poll of a job has its own id', async () => {
  serve(accepted, json(202, {}), DONE);
  const { ctx } = bench.context();
  await service()(ctx);
  const ids = server.seen.map(({ headers }) => String(headers['webhook-id']));
  expect(new Set(ids).size).toBe(3);
  for (const id of ids.slice(1)) expect(id).toMatch(new RegExp(`^${ctx.order.id}-0-0-ask-\\d+$`));
});

test('the usage of a job counts once, however often it is polled', async () => {
  const done = json(200, { deliverables: [{ text: 'done' }], usage: [{ what: 'gpu', costUsd: 2 }] });
  serve(accepted, done);
  const first = bench.context();
  await service()(first.ctx);
  expect(first.usage).toMatchObject([{ what: 'gpu', costUsd: 2 }]);
  const again = bench.context({ remembered: first.remembered.at(-1) });
  expect(await service()(again.ctx)).toHaveLength(1);
  expect(again.usage).toEqual([]);
  // The state of an attempt that died before it reported its usage.
  const untold = bench.context({ remembered: first.remembered.at(0) });
  await service()(untold.ctx);
  expect(untold.usage).toHaveLength(1);
});

test('a job is polled again after an answer that stalled', async () => {
  serve(
    accepted,
    (response) => response.writeHead(202, { 'content-type': 'application/json' }).write('{"progress'),
    DONE,
  );
  expect(await service({ requestSeconds: 0.2 })(bench.context().ctx)).toHaveLength(1);
});

test('a job is not submitted again after a restart', async () => {
  serve(DONE);
  const { ctx } = bench.context({ remembered: { jobUrl: `${server.url}/jobs/7` } });
  await service()(ctx);
  expect(asked()).toEqual(['GET /jobs/7']);
});

test('a lost job is submitted again under another id', async () => {
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

test('a lost or failed job is submitted again by the next try', async () => {
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

test('a job cannot redirect to another origin', async () => {
  for (const url of [`${stranger.url}/jobs/7`, 'file:///etc/passwd', 'http://[']) {
    serve(json(202, { url }));
    expect(await kindOf(service()(bench.context().ctx))).toBe('permanent');
  }
  serve(DONE);
  await service()(bench.context({ remembered: { jobUrl: `${stranger.url}/jobs/7` } }).ctx);
  expect(asked()).toEqual(['POST /make']);
  expect(stranger.seen).toEqual([]);
});

test('a job is no longer polled after the order is cancelled', async () => {
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

test('a retry time of the service is the minimum of growing waits', () => {
  const pause = (namedSeconds: number | null, failures: number, followedForSeconds = 0) =>
    pauseSeconds({ namedSeconds, askEverySeconds: 5, failures, followedForSeconds });
  expect([1, 2, 3, 4, 20].map((failures) => pause(0, failures))).toEqual([1, 2, 4, 8, 60]);
  expect([1, 2, 20].map((failures) => pause(null, failures))).toEqual([5, 10, 60]);
  expect([0, 20, 3600].map((seconds) => pause(1, 0, seconds))).toEqual([1, 2, 5]);
  expect([pause(30, 0), pause(1e9, 0), pause(1e9, 5)]).toEqual([30, 300, 300]);
});
