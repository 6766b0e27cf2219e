import { existsSync } from 'node:fs';
import path from 'node:path';
import { stagingFolder } from '@fulfillment/artifacts';
import { redisServer, startRedis, until } from '@fulfillment/platform/test-support';
import { describe, expect, test } from 'vitest';
import { openGeneration } from './test-support/generation.ts';

const DONE = { body: 'done', contentType: 'text/plain' };

describe.skipIf(redisServer === null)('while Redis is in trouble', () => {
  test.each(['usage', 'remember'] as const)('ctx.%s waits, and no work is paid for twice', async (call) => {
    await using redis = await startRedis();
    await using app = await openGeneration({ env: { REDIS_URL: redis.url } });
    let calls = 0;
    const ref = await app.placeFor({
      name: 'painter',
      generate: async (ctx) => {
        calls += 1;
        await app.runtime.redis.config('SET', 'maxmemory', '1');
        await (call === 'usage' ? ctx.usage({ what: 'model', costUsd: 2 }) : ctx.remember({ job: 7 }));
        return DONE;
      },
    });
    await until('the wait', () => app.lines.some(({ msg }) => /waits for Redis/.test(String(msg))));
    await app.runtime.redis.config('SET', 'maxmemory', '0');
    await app.untilFact(ref, 'generated');
    expect(calls).toBe(1);
    expect(await app.facts(ref, call === 'usage' ? 'used' : 'remembered')).toHaveLength(1);
    expect(await app.facts(ref, 'try_failed')).toEqual([]);
  });

  test("ctx.usage stops waiting at the handler's time limit", async () => {
    await using redis = await startRedis();
    await using app = await openGeneration({ env: { REDIS_URL: redis.url } });
    let thrown: unknown;
    await app.placeFor({
      name: 'hurried',
      attempts: 1,
      timeLimitSeconds: 1,
      generate: async (ctx) => {
        await app.runtime.redis.config('SET', 'maxmemory', '1');
        await ctx.usage({ what: 'model', costUsd: 2 }).catch((error: unknown) => {
          thrown = error;
        });
        return DONE;
      },
    });
    await until('the end of the wait', () => thrown);
    await app.runtime.redis.config('SET', 'maxmemory', '0');
    expect(String(thrown)).toContain('time limit of 1 s');
  });

  test.each([undefined, { day: 5 }])(
    'finished work reaches the disk (maxCostUsd: %j)',
    async (maxCostUsd) => {
      await using redis = await startRedis();
      await using app = await openGeneration({ env: { REDIS_URL: redis.url } });
      // A paused connection takes no further command, not even the command that ends the pause.
      const control = app.runtime.redis.duplicate();
      const ref = await app.placeFor({
        name: 'writer',
        ...(maxCostUsd && { maxCostUsd }),
        generate: async () => {
          await control.client('PAUSE', 60_000, 'WRITE');
          return DONE;
        },
      });
      const manifest = path.join(
        stagingFolder(app.folder, { orderId: ref.orderId, round: '0', draft: 0 }),
        'made.json',
      );
      const kept = until('the manifest', () => existsSync(manifest));
      await kept.finally(() => control.client('UNPAUSE'));
      await app.untilFact(ref, 'generated');
      control.disconnect();
    },
  );
});
