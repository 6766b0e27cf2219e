import { quiet, WORK_QUEUES } from '../orders.ts';
import { openStage } from '../stage.ts';
import { jobsAdded } from './jobs-added.ts';
import type { Program } from './program.ts';

/** Starts the product: one process of each app that an order passes through. */
export async function openProduct(env: Record<string, string> = {}): Promise<Program> {
  const stage = await openStage(env);
  try {
    for (const name of ['ingestor', 'generation-worker', 'delivery-worker'] as const) await stage.app(name);
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
  const queues = WORK_QUEUES.map((name) => stage.view.queues.get(name));
  return {
    stage,
    untilIdle: (orders) => quiet(stage, orders),
    jobs: () => jobsAdded(stage, queues),
    databasePids: [],
    [Symbol.asyncDispose]: () => Promise.resolve(stage[Symbol.asyncDispose]()),
  };
}
