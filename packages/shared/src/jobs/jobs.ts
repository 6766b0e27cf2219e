import { z } from 'zod';
import { MESSAGE_KINDS } from '../facts/kinds.ts';
import { idSchema } from '../order/order.ts';
import { ROUND_PATTERN } from '../record/rounds.ts';
import type { OrderRef } from '../record/subject.ts';
import { backoffWait } from '../values/backoff.ts';
import type { Step } from './steps.ts';

/**
 * Every queue, its jobs, and their payloads: ids, never keys, briefs or bytes. Only this file
 * writes the name of a queue or a job. A worker must bring a processor for each job of its queue
 * (`Processors`).
 */

const orderPayload = z.object({ agentId: idSchema, orderId: idSchema });
const stepPayload = orderPayload.extend({
  round: z.string().regex(ROUND_PATTERN),
  attempt: z.number().int().nonnegative(),
});

export const JOBS = {
  /** Discovers orders. */
  intake: {
    poll: z.object({ agentId: idSchema }),
    sweep: z.object({}),
  },
  /** Pokes: each asks for a reconcile of an order. */
  orders: {
    reconcile: orderPayload.extend({ via: z.enum(['webhook', 'poll', 'sweep', 'operator']) }),
  },
  /** The operator's handlers. */
  generation: {
    price: stepPayload,
    generate: stepPayload,
  },
  /** Writes to the marketplace that earn money. */
  delivery: {
    quote: stepPayload,
    publish: stepPayload,
    deliver: stepPayload,
    payout_retry: stepPayload,
  },
  /** Messages to buyers. */
  messages: {
    send: stepPayload.extend({ kind: z.enum(MESSAGE_KINDS) }),
  },
} as const;

/**
 * A job that every queue has, and that does nothing. It proves that jobs of the queue reach a
 * worker. Its payload is empty.
 */
export const CANARY = 'canary';

export type QueueName = keyof typeof JOBS;
export type JobName<Q extends QueueName> = keyof (typeof JOBS)[Q] & string;
export type Payload<Q extends QueueName, J extends JobName<Q>> = z.infer<
  (typeof JOBS)[Q][J] extends z.ZodType ? (typeof JOBS)[Q][J] : never
>;

export const QUEUE_NAMES = Object.keys(JOBS) as QueueName[];

/** How often a job is tried before it fails for good, and the first wait between tries, in ms. */
export interface RetryRule {
  attempts: number;
  firstWaitMs: number;
}

/** The wait between two tries doubles up to this, in ms. */
export const LONGEST_RETRY_WAIT = 5 * 60 * 1000;

const HOUR_MS = 3600_000;

/**
 * A rate-limited call (429) and a wait for a lock use no try. A step that waits only for the
 * marketplace is retried for as long as the marketplace's outages may last. A step whose tries cost
 * something gets only a few.
 */
export const RETRIES: { [Q in QueueName]: RetryRule } = {
  intake: { attempts: 1, firstWaitMs: 1000 },
  orders: { attempts: 4, firstWaitMs: 1000 },
  generation: { attempts: 10, firstWaitMs: 2000 },
  delivery: { attempts: attemptsWithin(24 * HOUR_MS, 2000), firstWaitMs: 2000 },
  messages: { attempts: attemptsWithin(6 * HOUR_MS, 5000), firstWaitMs: 5000 },
};

/**
 * For how long a failing artifact store is retried before a human is asked, in ms. Such a failure
 * is not an outage of the marketplace.
 */
export const STORE_PATIENCE_MS = 15 * 60_000;

/**
 * After this many unknown outcomes a write is not repeated, and a human checks the order. The count
 * takes more than an hour to reach.
 */
export const MAX_UNKNOWN_OUTCOMES = 20;

/** The number of tries whose waits add up to at least this time. */
function attemptsWithin(ms: number, firstWaitMs: number): number {
  let failures = 0;
  for (let waited = 0; waited < ms; failures += 1)
    waited += backoffWait({ first: firstWaitMs, longest: LONGEST_RETRY_WAIT }, failures);
  return failures + 1;
}

/** A job for one step, ready for its queue. */
export interface StepJob {
  queue: 'generation' | 'delivery' | 'messages';
  name: string;
  jobId: string;
  payload: Record<string, unknown>;
}

const QUEUE_OF = {
  price: 'generation',
  generate: 'generation',
  quote: 'delivery',
  publish: 'delivery',
  deliver: 'delivery',
  payout_retry: 'delivery',
  send: 'messages',
} as const satisfies Record<Step['name'], StepJob['queue']>;

/**
 * The job for a step. Its id is built from the step's identity, so that a second addition has no
 * effect. The parts are joined by a `.`, which no id contains, so that two steps never share a job.
 */
export function jobFor(order: OrderRef, step: Step): StepJob {
  const kind = step.name === 'send' ? { kind: step.kind } : {};
  const parts = [step.name, ...Object.values(kind), order.agentId, order.orderId, step.round, step.attempt];
  return {
    queue: QUEUE_OF[step.name],
    name: step.name,
    jobId: parts.join('.'),
    payload: { ...order, round: step.round, attempt: step.attempt, ...kind },
  };
}
