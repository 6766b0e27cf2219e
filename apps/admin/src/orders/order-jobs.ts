import type { JobPlace, Queues } from '@fulfillment/platform';
import {
  AUTOMATIC_MESSAGES,
  attemptOf,
  compareRounds,
  type Decision,
  jobFor,
  type OrderRecord,
  type Round,
  repliesOf,
  type Step,
  stepName,
  type WorkerStepId,
} from '@fulfillment/shared';
import type { FoundOrder } from './find-order.ts';

/** A job of an order that a queue still holds. */
export interface OrderJob extends JobPlace {
  step: string;
  attempt: number;
  state: string;
  /** When a job that waits is tried again, in ms since the epoch. */
  delayedUntil: number | null;
  /** The number of the operator's message that the job sends. */
  reply: number | null;
}

/** Only the jobs of this many latest rounds are read. */
const MAX_ROUNDS = 10;
/** Only the jobs of this many latest replies to the buyer are read. */
const MAX_REPLIES = 10;
/** Only this many latest attempts of a step are read. */
const MAX_ATTEMPTS = 5;

/**
 * The jobs of an order that its queues still hold. A job's id follows from its step, so no search
 * is needed.
 */
export async function orderJobs(
  queues: Queues,
  { ref, record, decision }: Pick<FoundOrder, 'ref' | 'record' | 'decision'>,
): Promise<OrderJob[]> {
  const possible = [...roundsOf(record, decision).flatMap(stepsOf), ...replySteps(record)].flatMap((step) =>
    attemptsOf(record, step),
  );
  const jobs = await Promise.all(
    possible.map(async (step) => {
      const { queue, jobId } = jobFor(ref, step);
      const state = await queues.get(queue).getJobState(jobId);
      const delayedUntil = state === 'delayed' ? await queues.delayedUntil(queue, jobId) : null;
      const reply = step.name === 'send' && step.kind === 'reply' ? Number(step.round) : null;
      return { step: stepName(step), attempt: step.attempt, queue, jobId, state, delayedUntil, reply };
    }),
  );
  return jobs.filter(({ state }) => state !== 'unknown');
}

function roundsOf(record: OrderRecord, decision: Decision): Round[] {
  const known = [...record.facts, ...decision.steps].flatMap((one) =>
    'round' in one && !isOfReply(one) ? [one.round] : [],
  );
  const rounds = new Set(['0', ...known]);
  return [...rounds].toSorted(compareRounds).slice(-MAX_ROUNDS);
}

/** The round of a reply is the reply's number, and no round of the order. */
function isOfReply(one: object): boolean {
  return 'kind' in one && one.kind === 'reply';
}

function replySteps(record: OrderRecord): WorkerStepId[] {
  return repliesOf(record)
    .slice(-MAX_REPLIES)
    .map(({ number }) => ({ name: 'send', kind: 'reply', round: String(number) }));
}

function stepsOf(round: Round): WorkerStepId[] {
  const first = round === '0' ? (['price', 'quote'] as const) : [];
  return [
    ...[...first, ...(['generate', 'publish', 'deliver'] as const)].map((name) => ({ name, round })),
    ...AUTOMATIC_MESSAGES.map((kind) => ({ name: 'send', kind, round }) as const),
  ];
}

function attemptsOf(record: OrderRecord, step: WorkerStepId): Step[] {
  const last = attemptOf(record, step);
  const first = Math.max(0, last - MAX_ATTEMPTS + 1);
  return Array.from({ length: last - first + 1 }, (_, index): Step => ({ ...step, attempt: first + index }));
}
