import type { OrderRef } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { type RedisKeys, refOf } from './keys.ts';

/**
 * Notifies running work, in any process, that its order changed. A missed notification does no
 * harm: the record has the change, and long work checks the record from time to time.
 */
export async function onChange(
  subscriber: Redis,
  keys: RedisKeys,
  listen: (ref: OrderRef) => void,
): Promise<void> {
  subscriber.on('message', (channel: string, message: string) => {
    if (channel === keys.changes) listen(refOf(message));
  });
  await subscriber.subscribe(keys.changes);
}
