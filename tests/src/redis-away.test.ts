import { setTimeout as delay } from 'node:timers/promises';
import { type Line, openLine } from '@fulfillment/platform/test-support';
import { waitFor } from '@fulfillment/processes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';
import { exactly } from './scenarios/check.ts';

/**
 * The length of Redis' outage. It is longer than the waits between reconnects, so that those waits
 * have grown.
 */
const AWAY_MS = Number(process.env.REDIS_AWAY_SECONDS ?? 8) * 1000;

let line: Line;
let system: System;
beforeAll(async () => {
  line = await openLine(process.env.REDIS_URL ?? '');
  system = await startSystem({ env: { REDIS_URL: line.url } });
}, 60_000);
afterAll(async () => {
  await system?.close();
  await line?.[Symbol.asyncDispose]();
}, 60_000);

/** Makes the marketplace send a webhook once. @returns the status of our answer. */
async function webhook(orderId: string): Promise<number> {
  const { status } = await system.sandbox.post<{ status: number }>('/sandbox/webhooks/raw', {
    agent_id: system.agentIds.studio,
    body: { event: 'order.paid', order_id: orderId, data: { status: 'paid' } },
  });
  return status;
}

const ready = async (app: keyof System['urls']) => (await fetch(`${system.urls[app]}/readyz`)).status;

test(
  'while Redis is away, webhooks get 503, and everything continues afterwards',
  async () => {
    const before = await place(system, { service: 'Slow to begin' });
    await before.buyer('pay');
    await before.status('delivered');

    await line.cut();
    const during = await place(system, {});
    await during.buyer('pay');
    expect(await webhook(during.id)).toBe(503);
    for (const app of ['ingestor', 'generation-worker', 'delivery-worker', 'admin'] as const) {
      expect([app, await ready(app)]).toEqual([app, 503]);
      expect((await fetch(`${system.urls[app]}/healthz`)).status).toBe(200);
      const asked = performance.now();
      const metrics = await (await fetch(`${system.urls[app]}/metrics`)).text();
      expect(metrics).toMatch(/^fulfillment_redis_up\{.*\} 0$/m);
      expect(performance.now() - asked).toBeLessThan(1000);
    }
    await delay(AWAY_MS);
    expect((await during.market()).order.status).toBe('paid');

    await line.join();
    const joined = performance.now();
    await during.status('delivered');
    console.log(
      `Redis was away for ${AWAY_MS / 1000} s; the order was delivered ${Math.round(performance.now() - joined)} ms after its return.`,
    );
    await exactly(during, { deliveries: 1, messages: 1 });
    for (const app of ['ingestor', 'generation-worker', 'delivery-worker', 'admin'] as const) {
      await waitFor(`${app} to be ready`, async () => ((await ready(app)) === 200 ? true : null), {
        timeoutMs: 20_000,
        intervalMs: 100,
      });
    }
  },
  AWAY_MS + 60_000,
);
