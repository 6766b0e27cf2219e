import { openLine } from '@fulfillment/platform/test-support';
import { expect, test, vi } from 'vitest';
import { PASSWORD, startTestAdmin } from './test-admin.ts';

test('while Redis is away every page says so at once, and works again when it is back', async () => {
  await using line = await openLine(process.env.REDIS_URL ?? '');
  const admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD, REDIS_URL: line.url });
  const headers = { cookie: await admin.logIn() };
  expect((await admin.ask('/', { headers })).status).toBe(200);

  await line.cut();
  await vi.waitFor(async () => expect((await admin.ask('/', { headers })).status).toBe(503));
  for (const path of ['/orders/agent_1/ord_1', '/queues/', '/queues/api/queues']) {
    const answer = await admin.ask(path, { headers });
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('Nothing is lost');
  }
  const poke = await admin.press('/orders/agent_1/ord_1/reconcile', {}, headers);
  expect(poke.status).toBe(503);
  expect((await admin.ask('/login')).status).toBe(200);
  expect((await admin.ask('/healthz')).status).toBe(200);

  await line.join();
  await vi.waitFor(async () => expect((await admin.ask('/', { headers })).status).toBe(200), 8000);
  await admin.close();
});
