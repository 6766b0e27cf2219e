import { DiskProbe } from '@fulfillment/artifacts';
import { onChange, RunningSteps, StepWorker } from '@fulfillment/platform';
import { stepKey } from '@fulfillment/shared';
import type { Generation } from './dependencies.ts';
import { generate } from './generate.ts';
import { price } from './price.ts';
import { puttingOff } from './put-off.ts';

/** The time limit of a review function that asks a service. */
const REVIEW_WITHIN_MS = 30_000;

/** Starts the worker that runs the operator's handlers. */
export async function startGeneration(
  setup: Omit<Generation, 'running' | 'disk' | 'reviewWithinMs'> & {
    concurrency: number;
    reviewWithinMs?: number;
  },
): Promise<void> {
  const { runtime } = setup;
  const generation: Generation = {
    reviewWithinMs: REVIEW_WITHIN_MS,
    ...setup,
    running: new RunningSteps(runtime),
    disk: new DiskProbe(),
  };
  const steps = new StepWorker(runtime);
  await onChange(runtime.openRedis('subscriber'), runtime.keys, (ref) => generation.running.check(ref));
  runtime.startWorker({
    queue: 'generation',
    concurrency: setup.concurrency,
    processors: {
      price: steps.repeatable('price', (run) => puttingOff(runtime, run, () => price(run, generation))),
      generate: steps.repeatable('generate', (run) =>
        puttingOff(runtime, run, () => generate(run, generation)),
      ),
    },
    giveUp: steps.giveUp((step, reason) => [
      { type: 'failed', stepKey: stepKey(step), attempt: step.attempt, reason },
    ]),
  });
}
