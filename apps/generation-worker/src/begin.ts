import {
  classify,
  describeError,
  type JobContext,
  type LoadedRecord,
  paused,
  pauseKey,
  permanent,
  type Runtime,
  StepError,
} from '@fulfillment/platform';
import {
  chooseHandler,
  type HandlerDescription,
  HandlerProcessError,
  haveOnlyPlainMatches,
  NoHandlerError,
  orderForHandlers,
  type Slot,
  TimeLimitError,
} from '@fulfillment/runner';
import {
  type BuyerReview,
  canChooseHandler,
  factOf,
  handlerBegun,
  holdUpOf,
  type OrderRef,
  type Step,
  stackOf,
  startsOf,
  unfinishedStartsOf,
} from '@fulfillment/shared';
import type { Wanted } from './dependencies.ts';
import { hostOf } from './handler/call-host.ts';
import { requireCostWithinLimits } from './spending.ts';

/** A step that may run, with its order's current record and its handler. */
export interface Begun extends Wanted {
  handler: HandlerDescription;
  /** How often this step began before. */
  start: number;
}

/**
 * How many starts beyond the handler's attempts are allowed for crashes, before a human is asked.
 */
const CRASHES_ALLOWED = 3;

/**
 * @returns the order as handlers see it. Null: the order was never read.
 * @throws StepError, throttled, while the order's agent is not identified. A step that must wait
 * for the agent has not begun.
 */
export function wantedOf(record: LoadedRecord, { agents }: Runtime): Wanted | null {
  if (record.snapshot === null) return null;
  const agent = agents.require(record.agentId);
  return {
    record,
    order: orderForHandlers({
      snapshot: record.snapshot,
      service: record.service,
      agent: agent.name,
      review: reviewOf(record),
    }),
  };
}

/** What a beginning needs besides the order. */
interface Beginning {
  runtime: Runtime;
  /** Where the handlers' code runs. */
  slot: Slot;
  job: JobContext;
}

/** How long the match functions may take to choose a handler, in ms. They must answer at once. */
const CHOOSE_WITHIN_MS = 10_000;

/**
 * Begins a price or generate step that the order needs: picks the handler, and records the start.
 * @throws StepError, throttled, while an operator pauses the work. StepError, permanent, when no
 * handler matches, or when the step began too often without an end.
 */
export async function begin(
  { runtime, slot, job }: Beginning,
  { record, order }: Wanted,
  step: Step & { name: 'price' | 'generate' },
): Promise<Begun> {
  const ref: OrderRef = { agentId: record.agentId, orderId: record.orderId };
  const starts = startsOf(record, step);
  const handler = await pickHandler(slot, job, { record, order }).catch(async (error: unknown) => {
    await writeMatchFailure(runtime, { ref, step, start: starts }, error);
    throw error;
  });
  await requireUnpaused(runtime, record, handler.name);
  const unfinished = unfinishedStartsOf(record, step);
  if (unfinished >= handler.attempts + CRASHES_ALLOWED) {
    throw permanent(
      `Handler "${handler.name}" was started ${unfinished} times and never finished. Its process probably crashed each time.`,
    );
  }
  await requireCostWithinLimits(runtime, { handler, record, step });
  const { round, attempt } = step;
  await runtime.store.append(ref, [
    { type: 'began', step: step.name, round, attempt, start: starts, handler: handler.name },
  ]);
  // The attention of a step that was held up ends now. The next check may be minutes away.
  if (holdUpOf(record, step) !== undefined) await runtime.queues.poke(ref, 'sweep');
  return { record, order, handler, start: starts };
}

/**
 * How often a held step checks its pause, in ms. A resume runs it at once, unless the process that
 * resumes dies meanwhile.
 */
const CHECK_PAUSE_MS = 10 * 60_000;

/** @throws StepError, throttled, while an operator pauses the agent, the service or the handler. */
async function requireUnpaused(
  { workPauses }: Runtime,
  record: LoadedRecord,
  handler: string,
): Promise<void> {
  const { agentId, snapshot } = record;
  const pause = await workPauses.holding({ agentId, serviceId: snapshot?.serviceId ?? null, handler });
  if (pause === null) return;
  const reason = `${pause.part} "${pause.id}" is paused by ${pause.by}`;
  throw paused(reason, Date.now() + CHECK_PAUSE_MS, pauseKey(pause));
}

/**
 * A match function is the operator's code, too. If it throws, its stack is kept as the stack of a
 * handler is.
 */
async function writeMatchFailure(
  { store, log }: Runtime,
  { ref, step, start }: { ref: OrderRef; step: Step & { name: 'price' | 'generate' }; start: number },
  error: unknown,
): Promise<void> {
  const cause = error instanceof StepError && error.cause instanceof Error ? error.cause : undefined;
  const ofFunction = cause instanceof NoHandlerError ? cause.cause : cause;
  if (ofFunction === undefined) return;
  const { reason } = classify(error);
  const stack = stackOf(ofFunction);
  log.warn({ ...ref, reason, stack }, 'a match function failed');
  const { name, round, attempt } = step;
  const kind = 'permanent';
  await store.append(ref, [{ type: 'try_failed', step: name, round, attempt, start, kind, reason, stack }]);
}

function reviewOf(record: LoadedRecord): BuyerReview | null {
  const review = factOf(record, 'buyer_review');
  return review === undefined ? null : { rating: review.rating, comment: review.comment };
}

/**
 * The order's handler. An order that no longer says what it is for keeps the handler that it began
 * with.
 */
async function pickHandler(
  slot: Slot,
  job: JobContext,
  { record, order }: Wanted,
): Promise<HandlerDescription> {
  const begun = canChooseHandler(record) ? null : handlerBegun(record);
  try {
    if (haveOnlyPlainMatches(slot.handlers)) return chooseHandler(slot.handlers, order, begun);
    const name = await slot.run({
      kind: 'choose',
      input: { order, begun },
      host: () => hostOf(job.log, {}),
      signal: job.signal,
      timeLimitMs: CHOOSE_WITHIN_MS,
    });
    const handler = slot.handlers.find((one) => one.name === name);
    if (handler === undefined) throw new NoHandlerError(`There is no handler "${name}".`);
    return handler;
  } catch (error) {
    if (error instanceof NoHandlerError) throw permanent(describeError(error), error);
    if (!(error instanceof HandlerProcessError || error instanceof TimeLimitError)) throw error;
    throw permanent(`A handler's match function failed: ${describeError(error)}`, error);
  }
}
