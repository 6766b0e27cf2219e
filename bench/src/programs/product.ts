import { quiet, WORK_QUEUES } from '../orders.ts';
import { openStage } from '../stage.ts';
import { jobsAdded } from './jobs-added.ts';
import type { Program } from './program.ts';

/** Starts the product: one process of each app that an order passes through. */
export async function openProduct(env: Record<string, string> = {}): Promise<Program> {
  await using opened = new AsyncDisposableStack();
  const stage = opened.use(await openStage(env));
  for (const name of ['ingestor', 'generation-worker', 'delivery-worker'] as const) await stage.app(name);
  const queues = WORK_QUEUES.map((name) => stage.view.queues.get(name));
  const kept = opened.move();
  return {
    stage,
    untilIdle: (orders) => quiet(stage, orders),
    jobs: () => jobsAdded(stage, queues),
    databasePids: [],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
