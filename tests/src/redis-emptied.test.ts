import { redisServer, startRedis } from '@fulfillment/platform/test-support';
import { waitFor } from '@fulfillment/processes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { APPS } from './harness/environment.ts';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';
import { exactly } from './scenarios/check.ts';

/**
 * The marketplace's time for one delivery, in ms. It is longer than the time until the product
 * finds the orders again.
 */
const SLOW_MS = 12_000;

let redis: Awaited<ReturnType<typeof startRedis>>;
let system: System;
beforeAll(async () => {
  redis = await startRedis();
  system = await startSystem({ redisUrl: redis.url });
}, 60_000);
afterAll(async () => {
  await system?.close();
  await redis?.[Symbol.asyncDispose]();
}, 60_000);

test.skipIf(redisServer === null)(
  'after Redis lost all data, every order is found again, and nothing is delivered or sent twice',
  async () => {
    const before = await place(system, {});
    await before.buyer('pay');
    await before.fact('message_sent');

    await system.sandbox.post('/sandbox/faults', {
      endpoint: 'orders.deliver',
      kind: 'latency',
      latency_ms: SLOW_MS,
      times: 1,
    });
    const underWay = await place(system, {});
    await underWay.buyer('pay');
    await underWay.fact('delivery_intended');

    await system.emptyRedis();

    const silent = await place(system, { agent: 'silent' });
    await silent.buyer('pay');
    await silent.status('delivered');
    await exactly(silent, { deliveries: 1, messages: 1 });
    await underWay.status('delivered');
    await underWay.fact('delivered');
    await waitFor(
      'the slow call to end',
      async () => (await underWay.effects('orders.deliver')).find((call) => call.latency_ms > 0),
      { timeoutMs: SLOW_MS + 10_000 },
    );
    await exactly(underWay, { deliveries: 1, messages: 1 });
    expect(await before.effects('orders.deliver')).toHaveLength(1);
    expect(await before.effects('orders.sendMessage')).toHaveLength(1);

    await before.buyer('revision', { feedback: 'Bluer, please' });
    await before.status('delivered');
    await before.fact('message_sent');
    expect(await before.effects('orders.deliver')).toHaveLength(2);
    expect(APPS.map((app) => system.output(app)).join('')).toContain('Redis came back empty');
  },
  120_000,
);
