import type { MessageKind, OrderRef, Payload, Step } from '@fulfillment/shared';
import type { JobContext } from '../jobs/worker.ts';

export type StepName = Step['name'];

/** A step of this name. */
export type StepNamed<N extends StepName> = Step & { name: N };

/** A step that a job asks for. */
export interface StepTask<N extends StepName> {
  ref: OrderRef;
  step: StepNamed<N>;
  job: JobContext;
}

/** The payload of a step's job. Only messages have a kind. */
export type StepPayload = Payload<'generation', 'generate'> & { kind?: MessageKind };

/** The inverse of `jobFor`: the step that a job of this name and payload asks for. */
export function stepOf<N extends StepName>(name: N, payload: StepPayload): Omit<StepTask<N>, 'job'> {
  const { agentId, orderId, ...identity } = payload;
  return { ref: { agentId, orderId }, step: { name, ...identity } as StepNamed<N> };
}
