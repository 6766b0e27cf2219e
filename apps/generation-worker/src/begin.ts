import { type Handler, type HandlerOrder, handlerFor } from '@fulfillment/handlers';
import { describeError, permanent, type Runtime } from '@fulfillment/platform';
import {
  isWanted,
  type OrderRecord,
  type OrderRef,
  type OrderSnapshot,
  type Step,
  startsOf,
  waitsOf,
} from '@fulfillment/shared';
import { mustAfford } from './spending.ts';

/** A step that may run: its order as it stands, and its handler. */
export interface Begun {
  record: OrderRecord;
  order: HandlerOrder;
  snapshot: OrderSnapshot;
  handler: Handler;
  /** How many beginnings of this step came before. */
  start: number;
}

/** How many beginnings beyond the handler's tries are allowed for crashes, before a human is asked. */
const CRASHES_ALLOWED = 3;

/**
 * Begins a price or generate step: looks whether it is still wanted, picks the handler, and writes down that it began.
 * @returns null when the order no longer needs the step.
 * @throws StepError: permanent when no handler matches, or the step was begun too often without coming to an end; throttled
 * while the order's agent is not identified.
 */
export async function begin(
  runtime: Runtime,
  handlers: readonly Handler[],
  ref: OrderRef,
  step: Step & { name: 'price' | 'generate' },
): Promise<Begun | null> {
  const { store, policy } = runtime;
  const record = await store.load(ref);
  if (record === null || record.snapshot === null || !isWanted(record, policy, step, record.loadedAt))
    return null;
  // A step that must wait for the agent to be identified has not begun.
  const agent = runtime.agents.require(ref.agentId);
  const order = handlerOrder(record.snapshot, agent.name);
  const handler = pickHandler(handlers, order);
  const starts = startsOf(record, step);
  const unfinished = starts - waitsOf(record, step);
  if (unfinished >= handler.attempts + CRASHES_ALLOWED) {
    throw permanent(
      `Handler "${handler.name}" was begun ${unfinished} times and never came to an end: its process may have crashed each time.`,
    );
  }
  await mustAfford(runtime, handler, record);
  const { round, attempt } = step;
  await store.append(ref, [
    { type: 'began', step: step.name, round, attempt, start: starts, handler: handler.name },
  ]);
  return { record, order, snapshot: record.snapshot, handler, start: starts };
}

function pickHandler(handlers: readonly Handler[], order: HandlerOrder): Handler {
  let handler: Handler | undefined;
  try {
    handler = handlerFor(handlers, order);
  } catch (error) {
    throw permanent(`A handler's match function threw: ${describeError(error)}`, error);
  }
  if (handler) return handler;
  const service = `service ${order.serviceId ?? 'none'}, title "${order.serviceTitle ?? ''}", category "${order.serviceCategory ?? ''}"`;
  const names = handlers.map(({ name }) => `"${name}"`).join(', ') || 'none';
  throw permanent(
    `No handler matches this order (${service}). Handlers: ${names}. Add one, restart, then retry.`,
  );
}

function handlerOrder(snapshot: OrderSnapshot, agent: string): HandlerOrder {
  const { id, agentId, serviceId, serviceTitle, serviceCategory, brief, clientName } = snapshot;
  const { referenceUrls, referenceImages, requirementAnswers, quotedPriceUsd, maxRevisions } = snapshot;
  return {
    id,
    agentId,
    agent,
    serviceId,
    serviceTitle,
    serviceCategory,
    brief,
    referenceUrls,
    referenceImages,
    requirementAnswers,
    clientName,
    quotedPriceUsd,
    maxRevisions,
  };
}
