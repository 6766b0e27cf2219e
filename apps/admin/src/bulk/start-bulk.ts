import {
  type Logger,
  type Queues,
  type RecordStore,
  type RedisKeys,
  StepError,
  withLock,
} from '@fulfillment/platform';
import type { Policy } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { BulkRunner } from './bulk-runner.ts';
import { BulkStore } from './bulk-store.ts';

/** A runner that died leaves its bulk action to the next one after this time. */
const LOCK_MS = 15_000;

interface BulkParts {
  redis: Redis;
  keys: RedisKeys;
  store: RecordStore;
  queues: Queues;
  policy: Policy;
  log: Logger;
}

/** The bulk actions of this process. `attach` binds them to the server's start and end. */
export function startBulk({ redis, keys, ...parts }: BulkParts) {
  const bulk = new BulkStore(redis, keys);
  const alone = async (name: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await withLock({ redis, keys }, { name, ttlMs: LOCK_MS }, work);
      return true;
    } catch (error) {
      if (error instanceof StepError) return false;
      throw error;
    }
  };
  const bulkRunner = new BulkRunner({ bulk, alone, ...parts });
  const attach = (server: FastifyInstance): void => {
    server.addHook('onReady', async () => bulkRunner.start());
    server.addHook('preClose', () => bulkRunner.close());
  };
  return { bulk, bulkRunner, attach };
}
