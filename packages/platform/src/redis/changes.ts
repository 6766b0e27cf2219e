import type { OrderRef } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { type RedisKeys, refOf } from './keys.ts';

/**
 * Tells running work, in whichever process it runs, that its order's status changed. A change that is missed is no harm: the
 * record says the same, and long work looks at it from time to time.
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
