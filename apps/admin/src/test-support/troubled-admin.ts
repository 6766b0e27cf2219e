import { startRedis, until } from '@fulfillment/platform/test-support';
import { startTestAdmin, type TestAdmin } from './admin.ts';

/** Admin pages whose Redis accepts no writes. */
export type TroubledAdmin = Pick<TestAdmin, 'address' | 'close'>;

/** Starts a private Redis that then waits for a replica, and waits until the pages notice. */
export async function startTroubledAdmin(): Promise<TroubledAdmin> {
  const server = await startRedis();
  const admin = await startTestAdmin({ REDIS_URL: server.url });
  const { redis } = admin.runtime;
  await redis.config('SET', 'min-replicas-to-write', '1');
  await until('the trouble', () => admin.runtime.redisTrouble() !== null);
  return {
    address: admin.address,
    async close() {
      await redis.config('SET', 'min-replicas-to-write', '0');
      await admin.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
