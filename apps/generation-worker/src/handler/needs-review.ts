import type { Handler, HandlerContext } from '@fulfillment/handlers';
import { describeError } from '@fulfillment/platform';
import { aborted, stackOf } from '@fulfillment/shared';

/** The time limit of a review function that asks a service. */
const LIMIT_MS = 30_000;

export interface ReviewAnswer {
  /** Whether an operator must review the output. */
  isNeeded: boolean;
  /** The error of the handler's function. Null: it answered, or `ctx.signal` aborted the question. */
  failure: { reason: string; stack: string } | null;
}

/**
 * Asks the handler whether an operator must review the output. The output is paid for, and a
 * missing answer must not cause it to be regenerated. So if the handler's function throws or takes
 * too long, or the process stops meanwhile, an operator reviews the output.
 */
export async function needsReview(
  { review = false }: Handler,
  ctx: HandlerContext,
  limitMs = LIMIT_MS,
): Promise<ReviewAnswer> {
  if (typeof review === 'boolean') return { isNeeded: review, failure: null };
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new Error(`it said nothing within ${limitMs / 1000} s`)),
    limitMs,
  );
  const signal = AbortSignal.any([limit.signal, ctx.signal]);
  try {
    const asked = Promise.resolve().then(() => review({ ...ctx, signal }));
    return { isNeeded: Boolean(await Promise.race([asked, aborted(signal)])), failure: null };
  } catch (error) {
    const failure = { reason: describeError(error), stack: stackOf(error) };
    ctx.log.error(failure, 'the review function failed: the round waits for a review');
    // A worker that stops, or an order that no longer needs the step, is not the handler's error.
    return { isNeeded: true, failure: ctx.signal.aborted ? null : failure };
  } finally {
    clearTimeout(timer);
  }
}
