import { describeError, type Logger } from '@fulfillment/platform';

/** How long the heartbeat's service may take, in ms. */
const WITHIN_MS = 10_000;

/**
 * Calls the address that reports an outage when no call comes.
 * @returns whether the call was accepted. An error is logged.
 */
export async function callHeartbeat(url: string, log: Logger, stopping: AbortSignal): Promise<boolean> {
  try {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(WITHIN_MS)]);
    const { ok, status, body } = await fetch(url, { signal });
    await body?.cancel();
    if (!ok) log.warn({ status }, 'the heartbeat was not accepted');
    return ok;
  } catch (error) {
    if (!stopping.aborted) log.warn({ reason: describeError(error) }, 'the heartbeat was not accepted');
    return false;
  }
}
