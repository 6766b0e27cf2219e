import { Queue } from 'bullmq';
import { untilEmpty } from '../orders.ts';
import { openStage } from '../stage.ts';
import { jobsAdded } from './jobs-added.ts';
import { BARE_QUEUES, startPipeline } from './pipeline.ts';
import type { Program, Work } from './program.ts';

/** Starts the bare pipeline, in as many processes as the product. */
export async function openBare({ reads, threads, jobs }: Work): Promise<Program> {
  await using opened = new AsyncDisposableStack();
  const stage = opened.use(await openStage());
  await startPipeline(stage, {
    before: Math.floor(reads / 2),
    after: Math.ceil(reads / 2),
    threads,
    reconciles: Math.max(0, jobs - BARE_QUEUES.length),
  });
  const queues = BARE_QUEUES.map((name) => new Queue(name, { connection: { url: stage.redisUrl } }));
  for (const queue of queues) opened.defer(() => queue.close());
  const kept = opened.move();
  return {
    stage,
    untilIdle: () => untilEmpty(queues),
    jobs: () => jobsAdded(stage, queues),
    databasePids: [],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
