import { openLine, redisServer, startRedis } from '@fulfillment/platform/test-support';
import { expect, test, vi } from 'vitest';
import { PASSWORD, startTestAdmin } from './test-support/admin.ts';

test('while Redis is away, every page says so at once, and works again afterwards', async () => {
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

test.skipIf(redisServer === null)(
  'while Redis rejects writes, the pages say why and since when',
  async () => {
    await using redis = await startRedis();
    const admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD, REDIS_URL: redis.url });
    const headers = { cookie: await admin.logIn() };
    expect((await admin.ask('/', { headers })).body).not.toContain('Redis takes no writes');
    await admin.runtime.redis.config('SET', 'maxmemory', '1');
    for (const path of ['/', '/readyz', '/metrics']) {
      const said =
        path === '/metrics' ? 'fulfillment_redis_trouble{cause="memory",app="admin"} 1' : 'raise maxmemory';
      await vi.waitFor(async () => expect((await admin.ask(path, { headers })).body).toContain(said), 8000);
    }
    await admin.runtime.redis.config('SET', 'maxmemory', '0');
    await vi.waitFor(
      async () => expect((await admin.ask('/readyz')).body).not.toContain('maxmemory'),
      12_000,
    );
    await admin.close();
  },
);
