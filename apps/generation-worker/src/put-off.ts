import { RetryLaterError } from '@fulfillment/handlers';
import { permanent, type Runtime, StepError } from '@fulfillment/platform';
import { type Payload, waitsOf } from '@fulfillment/shared';

/** How often a service may name another time before a human is asked. */
const MOST_WAITS = 100;

/**
 * Runs a step, and writes down when its handler was asked to come again later: a beginning that ends so is none of its tries.
 * @throws what the step throws; StepError, permanent, when it was put off too often.
 */
export async function puttingOff(
  { store }: Runtime,
  name: 'price' | 'generate',
  { agentId, orderId, round, attempt }: Payload<'generation', 'generate'>,
  run: () => Promise<void>,
): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof StepError && error.cause instanceof RetryLaterError)) throw error;
    const ref = { agentId, orderId };
    const step = { name, round, attempt };
    const record = await store.load(ref);
    const waits = record === null ? 0 : waitsOf(record, step);
    const { reason } = error.failure;
    if (waits >= MOST_WAITS) throw permanent(`${reason} (put off ${waits} times)`, error);
    const { seconds } = error.cause;
    await store.append(ref, [
      { type: 'put_off', step: name, round, attempt, index: waits, waitSeconds: seconds, reason },
    ]);
    throw error;
  }
}
