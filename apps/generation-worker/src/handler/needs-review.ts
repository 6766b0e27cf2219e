import { aborted, type Handler, type HandlerContext } from '@fulfillment/handlers';
import { describeError } from '@fulfillment/platform';
import { stackOf } from '@fulfillment/shared';

/** What a review function that asks a service may take. */
const LIMIT_MS = 30_000;

/**
 * Whether an operator looks at what was made. It is paid for, and is not made again because nobody can say: where the handler's function
 * throws or takes too long, or the process stops meanwhile, it is looked at.
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
