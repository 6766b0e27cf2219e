import { aborted, type Handler, type HandlerContext } from '@fulfillment/handlers';
import { describeError } from '@fulfillment/platform';
import { stackOf } from '@fulfillment/shared';

/** The time limit of a review function that asks a service. */
const LIMIT_MS = 30_000;

/**
 * Whether an operator must review the output. The output is paid for, and a missing answer must not
 * cause it to be regenerated. So if the handler's function throws or takes too long, or the process
 * stops meanwhile, an operator reviews the output.
 */
export async function needsReview(
  { review = false }: Handler,
  ctx: HandlerContext,
  limitMs = LIMIT_MS,
): Promise<boolean> {
  if (typeof review === 'boolean') return review;
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new Error(`it said nothing within ${limitMs / 1000} s`)),
    limitMs,
  );
  const signal = AbortSignal.any([limit.signal, ctx.signal]);
  try {
    const asked = Promise.resolve().then(() => review({ ...ctx, signal }));
    return Boolean(await Promise.race([asked, aborted(signal)]));
  } catch (error) {
    ctx.log.error(
      { reason: describeError(error), stack: stackOf(error) },
      'the review function failed: the round waits for a review',
    );
    return true;
  } finally {
    clearTimeout(timer);
  }
}
