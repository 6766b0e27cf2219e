import { Queue } from 'bullmq';
import { BARE_QUEUES, startPipeline } from '../bare/pipeline.ts';
import { untilEmpty } from '../orders.ts';
import { openStage } from '../stage.ts';
import { jobsAdded } from './jobs-added.ts';
import type { Program, Work } from './program.ts';

/** Starts the bare pipeline, in as many processes as the product. */
export async function openBare({ reads, threads, jobs }: Work): Promise<Program> {
  const stage = await openStage();
  try {
    await startPipeline(stage, {
      before: Math.floor(reads / 2),
      after: Math.ceil(reads / 2),
      threads,
      reconciles: Math.max(0, jobs - BARE_QUEUES.length),
    });
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
  const queues = BARE_QUEUES.map((name) => new Queue(name, { connection: { url: stage.redisUrl } }));
  return {
    stage,
    untilIdle: () => untilEmpty(queues),
    jobs: () => jobsAdded(stage, queues),
    databasePids: [],
    async [Symbol.asyncDispose]() {
      await Promise.all(queues.map((queue) => queue.close()));
      await stage[Symbol.asyncDispose]();
    },
  };
}
