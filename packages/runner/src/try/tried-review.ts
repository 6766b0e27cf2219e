import type { GenerateContext, Handler } from '@fulfillment/handlers';
import { aborted, stackOf } from '@fulfillment/shared';

/** The time limit of a review function, as in the worker. */
const LIMIT_MS = 30_000;

/**
 * Whether the handler's `review` holds the round of a trial run. As in the worker, a function that
 * throws or takes too long holds the round.
 * @param signal ends the trial run.
 */
export async function isHeldByHandler(
  { review = false }: Handler,
  ctx: GenerateContext,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (typeof review === 'boolean') return review;
  const limit = AbortSignal.timeout(LIMIT_MS);
  const ending = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  try {
    const asked = Promise.resolve().then(() => review({ ...ctx, signal: ending }));
    return Boolean(await Promise.race([asked, aborted(ending)]));
  } catch (error) {
    ctx.log.error({ stack: stackOf(error) }, 'the review function failed: the round waits for a review');
    return true;
  }
}
