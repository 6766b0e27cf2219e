import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningSandbox, startSandbox } from '../test-support/running-sandbox.ts';

let market: RunningSandbox;
beforeAll(async () => {
  market = await startSandbox();
});
afterAll(() => market[Symbol.asyncDispose]());

test('the platform shows its numbers when switched on, and its feed only to people', async () => {
  expect((await market.api('GET /api/platform-stats')).status).toBe(500);
  await market.control('PUT /sandbox/behaviour', { platform_stats: true });
  await market.order();
  expect((await market.api<{ orders: number }>('GET /api/platform-stats')).data.orders).toBeGreaterThan(0);
  expect((await market.api('GET /api/metrics/activity')).status).toBe(401);
});

test('every object can get an unknown field', async () => {
  await market.control('PUT /sandbox/behaviour', { extra_field: true });
  const { data } = await market.api(`GET /api/orders/${await market.paid()}`);
  expect(data).toMatchObject({ schema_revision: 7, order: { schema_revision: 7 } });
  await market.control('PUT /sandbox/behaviour', { extra_field: false });
});
