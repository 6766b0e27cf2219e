import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  decide,
  type Fact,
  type FactOf,
  type FactType,
  factsOf,
  jobFor,
  type OrderRecord,
  type OrderRef,
  type Recorded,
  type Step,
} from '@fulfillment/shared';
import type { Job } from 'bullmq';
import { openRuntime, type TestRuntime, type TestRuntimeOptions } from './runtime.ts';
import { until } from './scratch.ts';

/** A runtime for an app that runs steps, with helpers that follow an order through them. */
export interface StepApp extends TestRuntime {
  /** A new folder, removed at the end. */
  folder: string;
  /** Pokes the order as a webhook does: the order is read, and the jobs that it needs are added. */
  poke(ref: OrderRef, facts?: Fact[]): Promise<void>;
  record(ref: OrderRef): Promise<OrderRecord>;
  facts<T extends FactType>(ref: OrderRef, type: T): Promise<Recorded<FactOf<T>>[]>;
  /** Waits for a fact of this type. Resolves to the newest. */
  untilFact<T extends FactType>(ref: OrderRef, type: T): Promise<Recorded<FactOf<T>>>;
  /** Waits for the job of a step. */
  job(ref: OrderRef, step: Step): Promise<Job>;
  untilState(job: Job, state: string): Promise<void>;
  /** Waits until the job of a step has completed. */
  done(ref: OrderRef, step: Step): Promise<void>;
  /** Waits until a job waits for its next attempt, then runs that attempt at once. */
  tryAgainNow(ref: OrderRef, step: Step): Promise<void>;
  /** Waits until the order needs attention. Resolves to the reason. */
  attention(ref: OrderRef): Promise<string>;
}

/** Opens a runtime and a folder. The caller starts the workers. */
export async function openStepApp(options: TestRuntimeOptions = {}): Promise<StepApp> {
  const base = await openRuntime(options);
  const { runtime, policy } = base;
  const { store, queues } = runtime;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'steps-'));
  const record = async (ref: OrderRef): Promise<OrderRecord> => {
    const found = await store.load(ref);
    if (found === null) throw new Error('There is no record.');
    return found;
  };
  const facts = async <T extends FactType>(ref: OrderRef, type: T) => factsOf(await record(ref), type);
  const job = async (ref: OrderRef, step: Step): Promise<Job> => {
    const { queue, jobId } = jobFor(ref, step);
    return until(`the job ${jobId}`, () => queues.get(queue).getJob(jobId));
  };
  const untilState = async (of: Job, state: string): Promise<void> => {
    await until(`job ${of.id} to be ${state}`, async () => (await of.getState()) === state);
  };
  return {
    ...base,
    folder,
    async poke(ref, added = []) {
      await store.hint(ref, added);
      await runtime.reconciler.reconcile(ref);
    },
    record,
    facts,
    untilFact: (ref, type) => until(`the fact ${type}`, async () => (await facts(ref, type)).at(-1)),
    job,
    untilState,
    done: async (ref, step) => untilState(await job(ref, step), 'completed'),
    async tryAgainNow(ref, step) {
      const waiting = await job(ref, step);
      await untilState(waiting, 'delayed');
      await waiting.promote();
    },
    attention: (ref) =>
      until(
        'attention',
        async () => decide(await record(ref), policy, await store.now()).attention[0]?.reason,
      ),
    async [Symbol.asyncDispose]() {
      await base[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
