import {
  holdingPause,
  pauseKey,
  type Queues,
  type WorkPause,
  type WorkPauses,
  waitReasonOf,
} from '@fulfillment/platform';
import {
  factsOf,
  handlerBegun,
  jobFor,
  type OrderRecord,
  type QueueName,
  type Step,
  stepKey,
} from '@fulfillment/shared';
import type { Job } from 'bullmq';
import { z } from 'zod';
import type { FoundOrder } from '../find-order.ts';

/** A step that calls a handler: it takes long, and an operator can stop it. */
export interface RunningStep {
  step: Step & { name: 'price' | 'generate' };
  /** Identifies the step in forms and facts. */
  key: string;
  /** Whether a worker runs it. Otherwise its job waits. */
  isRunning: boolean;
  /** The handler's own words about its progress, or a percentage. Untrusted. */
  progress: string | null;
  /** The handler of the last beginning, and its time in ms since the epoch. Null: not begun yet. */
  begun: { handler: string; at: number } | null;
  /** The host of the worker that took the job. Null: the step does not run. */
  host: string | null;
  /** What the step's job waits for. Null: it runs. */
  wait: StepWait | null;
}

/** What the job of a step waits for. The first thing that is true holds it. */
export type StepWait =
  | { for: 'pause'; pause: WorkPause }
  | { for: 'queue'; queue: QueueName }
  /** The queues hold no job of the step. */
  | { for: 'job' }
  /**
   * `until`: the time of its next try, in ms since the epoch. Null: a worker may take it now.
   * `reason`: why its last try ended. Untrusted. Null: it has not been tried.
   */
  | { for: 'try'; until: number | null; reason: string | null };

/** The step of an order that calls a handler now, or does so next. Null: there is none. */
export async function runningStep(
  { queues, workPauses }: { queues: Queues; workPauses: WorkPauses },
  { ref, record, decision }: Pick<FoundOrder, 'ref' | 'record' | 'decision'>,
): Promise<RunningStep | null> {
  const step = stoppableStep(decision.steps);
  if (step === null) return null;
  const { queue, jobId } = jobFor(ref, step);
  const job = await queues.get(queue).getJob(jobId);
  const isRunning = (await job?.isActive()) === true;
  return {
    step,
    key: stepKey(step),
    isRunning,
    progress: isRunning ? progressOf(job?.progress) : null,
    begun: beginningOf(record, step),
    host: (isRunning && job?.processedBy) || null,
    wait: isRunning ? null : await waitOf({ queues, workPauses }, { record, queue, job }),
  };
}

async function waitOf(
  { queues, workPauses }: { queues: Queues; workPauses: WorkPauses },
  { record, queue, job }: { record: OrderRecord; queue: QueueName; job: Job | undefined },
): Promise<StepWait> {
  const pause = pauseOf(await workPauses.read(), record, job?.data);
  if (pause !== null) return { for: 'pause', pause };
  if (await queues.get(queue).isPaused()) return { for: 'queue', queue };
  if (job?.id === undefined) return { for: 'job' };
  return { for: 'try', until: await queues.delayedUntil(queue, job.id), reason: waitReasonOf(job) };
}

/** The step among these that an operator can stop, or null. */
export function stoppableStep(steps: readonly Step[]): RunningStep['step'] | null {
  for (const step of steps) {
    const { name } = step;
    if (name === 'price' || name === 'generate') return { ...step, name };
  }
  return null;
}

/**
 * A worker that found the handler paused noted the pause in the job. A job that no worker has taken
 * is held by a pause of its agent or service.
 */
function pauseOf(pauses: readonly WorkPause[], record: OrderRecord, data: unknown): WorkPause | null {
  const noted = heldJob.safeParse(data).data?.pause;
  const { agentId, snapshot } = record;
  const order = { agentId, serviceId: snapshot?.serviceId ?? null, handler: handlerBegun(record) };
  return pauses.find((pause) => pauseKey(pause) === noted) ?? holdingPause(pauses, order);
}

const heldJob = z.object({ pause: z.string() });

/** BullMQ's progress of a job that reported none is 0. */
function progressOf(progress: unknown): string | null {
  if (typeof progress === 'string' && progress !== '') return progress;
  return typeof progress === 'number' && progress > 0 ? `${Math.round(progress)} %` : null;
}

function beginningOf(record: OrderRecord, step: Step): RunningStep['begun'] {
  return (
    factsOf(record, 'began').findLast(
      (fact) => fact.step === step.name && fact.round === step.round && fact.attempt === step.attempt,
    ) ?? null
  );
}
