import { onChange } from '@fulfillment/platform';
import { stepKey } from '@fulfillment/shared';
import type { Generation } from './dependencies.ts';
import { generate } from './generate.ts';
import { price } from './price.ts';
import { puttingOff } from './put-off.ts';
import { RunningWork } from './running-work.ts';

/** Starts the worker that runs the operator's handlers. */
export async function startGeneration(
  setup: Omit<Generation, 'running'> & { concurrency: number },
): Promise<void> {
  const { runtime } = setup;
  const generation: Generation = { ...setup, running: new RunningWork(runtime) };
  await onChange(runtime.openRedis('subscriber'), runtime.keys, (ref) => generation.running.check(ref));
  runtime.startWorker({
    queue: 'generation',
    concurrency: setup.concurrency,
    processors: {
      price: (payload, context) =>
        puttingOff(runtime, 'price', payload, () => price(generation, payload, context)),
      generate: (payload, context) =>
        puttingOff(runtime, 'generate', payload, () => generate(generation, payload, context)),
    },
    async giveUp(name, { agentId, orderId, round, attempt }, reason) {
      const ref = { agentId, orderId };
      const record = await runtime.store.appendAndLoad(ref, [
        { type: 'failed', stepKey: stepKey({ name, round }), attempt, reason },
      ]);
      await runtime.reconciler.reconcile(ref, record);
    },
  });
}
