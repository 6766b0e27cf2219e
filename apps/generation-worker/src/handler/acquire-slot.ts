import { describeError, type LoadedRecord, type Runtime, waitingFor } from '@fulfillment/platform';
import { type Runner, RunnerUnavailableError, type Slot } from '@fulfillment/runner';
import type { Step } from '@fulfillment/shared';
import { recordHoldUp } from '../hold-up.ts';

/** The first wait while no handler can run. */
const TRY_AGAIN_MS = 5000;

interface Waiting {
  runtime: Runtime;
  runner: Runner;
  record: LoadedRecord;
  step: Step & { name: 'price' | 'generate' };
  /** Ends the wait. */
  signal: AbortSignal;
}

/**
 * Waits for a slot that runs the handlers' code. While the configuration is broken, the step waits
 * without using an attempt. After ten minutes the order also asks for an operator (see `heldUp`).
 * @throws StepError, throttled, while no handler can run.
 */
export async function acquireSlot({ runtime, runner, record, step, signal }: Waiting): Promise<Slot> {
  try {
    return await runner.acquire(signal);
  } catch (error) {
    if (!(error instanceof RunnerUnavailableError)) throw error;
    const reason = `No handler can run: ${describeError(error)}`;
    await recordHoldUp(runtime, { record, step }, reason);
    throw waitingFor(reason, Date.now() + TRY_AGAIN_MS);
  }
}
