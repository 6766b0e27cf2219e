import { DiskError } from '@fulfillment/artifacts';
import { throttled } from '@fulfillment/platform';
import type { GenerateStep } from '../dependencies.ts';
import { recordHoldUp } from '../hold-up.ts';

/**
 * A full disk is tried again after a tenth of the time that it has been full, within these limits.
 */
const SHORTEST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Makes sure that this worker's disk takes a handler's output, before anything is paid for. While
 * the disk takes no files, the step waits without using an attempt, and continues once there is
 * room. After ten minutes the order also asks for an operator (see `heldUp`).
 * @throws StepError, throttled, while the disk takes no files.
 */
export async function requireRoomOnDisk({ generation, wanted, step, folder }: GenerateStep): Promise<void> {
  try {
    await generation.disk.ensure(folder);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    const reason = diskFull(error);
    const fullFor = await recordHoldUp(generation.runtime, { record: wanted.record, step }, reason);
    const wait = Math.min(Math.max(fullFor / 10, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    throw throttled(reason, Date.now() + wait);
  }
}

/** The text that tells an operator about a disk that takes no files. */
export function diskFull({ message }: DiskError): string {
  return `ARTIFACTS_DIR of the generation worker takes no files: ${message}. Make room there, or make it writable.`;
}
