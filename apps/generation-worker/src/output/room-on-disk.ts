import { DiskError, mustTakeFiles } from '@fulfillment/handlers';
import { throttled } from '@fulfillment/platform';
import { holdUpOf, startsOf } from '@fulfillment/shared';
import type { GenerateStep } from '../dependencies.ts';

/** A full disk is tried again after a tenth of the time that it has been full, within these limits. */
const SHORTEST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Makes sure that this worker's disk takes what a handler makes, before anything is paid. While it does not, the step waits without using
 * a try, and goes on by itself once there is room. After ten minutes the order asks for an operator as well; see `heldUp`.
 * @throws StepError, throttled, while the disk takes no files.
 */
export async function mustHaveRoom({ generation, wanted, step, folder }: GenerateStep): Promise<void> {
  try {
    await mustTakeFiles(folder);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    const { record } = wanted;
    const reason = diskFull(error);
    const before = holdUpOf(record, step);
    if (before === undefined) {
      const { round, attempt } = step;
      const fact = {
        type: 'held_up',
        step: step.name,
        round,
        attempt,
        start: startsOf(record, step),
        reason,
      } as const;
      await generation.runtime.store.append({ agentId: record.agentId, orderId: record.orderId }, [fact]);
    }
    const fullFor = before === undefined ? 0 : record.loadedAt - before.at;
    const wait = Math.min(Math.max(fullFor / 10, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    throw throttled(reason, Date.now() + wait);
  }
}

/** What an operator is told of a disk that takes no files. */
export function diskFull({ message }: DiskError): string {
  return `ARTIFACTS_DIR of the generation worker takes no files: ${message}. Make room there, or make it writable.`;
}
