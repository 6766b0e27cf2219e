import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineHandler, http } from '@fulfillment/handlers';
import { gate } from '@fulfillment/platform/test-support';
import { afterAll, expect, test } from 'vitest';
import { GENERATE, openGeneration } from '../test-support/generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { placeFor, poke, tryAgainNow, untilFact, facts, attention } = app;
afterAll(() => app[Symbol.asyncDispose]());

const DONE = { body: 'done', contentType: 'text/plain' };

test("the next try gets the last remembered value, and an operator's retry gets none", async () => {
  const seen: unknown[] = [];
  const ref = await placeFor({
    name: 'forgetful',
    attempts: 2,
    generate: async (ctx) => {
      seen.push(ctx.remembered);
      if (seen.length === 3) return DONE;
      await ctx.remember('queued');
      await ctx.remember({ job: seen.length });
      throw new Error('the connection is gone');
    },
  });
  await tryAgainNow(ref, GENERATE);
  await untilFact(ref, 'failed');
  await poke(ref, [{ type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' }]);
  await untilFact(ref, 'generated');
  expect(seen).toEqual([null, { job: 1 }, null]);
  expect(await facts(ref, 'remembered')).toHaveLength(4);
});

test('a value that cannot be kept fails the try, with the reason', async () => {
  const ref = await placeFor({
    name: 'hoarder',
    attempts: 1,
    generate: async (ctx) => {
      await ctx.remember('x'.repeat(10_001));
      return DONE;
    },
  });
  expect(await attention(ref)).toContain('at most 10000 characters');
});

test('a process that takes over does not submit the job of another service again', async () => {
  const asked: string[] = [];
  const underWay = gate();
  let isDone = false;
  const service = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.method === 'GET') underWay.open();
    if (isDone) response.writeHead(200, { 'content-type': 'text/plain' }).end('done');
    else response.writeHead(202, { location: '/jobs/7' }).end();
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/make`;
  const generate = http({ url, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', askEverySeconds: 0.02 });
  try {
    await using first = await openGeneration();
    const ref = await first.placeFor({ name: 'far away', generate });
    await underWay.opened;
    await using second = await openGeneration({ beside: first });
    second.handlers.push(defineHandler({ name: 'far away', match: 'default', generate }));
    await first.runtime.close();
    isDone = true;
    await second.untilFact(ref, 'generated');
    expect(asked.filter((line) => line.startsWith('POST'))).toEqual(['POST /make']);
    expect(asked.at(-1)).toBe('GET /jobs/7');
  } finally {
    service.closeAllConnections();
    service.close();
  }
});
