import type { RunningWorker } from '../jobs/worker.ts';
import { describeError } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ProcessEntry, ProcessRegistry } from './process-registry.ts';

/** How often an app renews its entry, in ms. */
const RENEW_MS = 10_000;
/** An entry names this many jobs. */
const MOST_JOBS = 5;

interface Presence {
  entry: ProcessEntry;
  workers: readonly RunningWorker[];
  log: Logger;
}

/**
 * Keeps the entry of an app in the registry until it is stopped.
 * @returns a function that removes the entry.
 */
export function keepPresence(
  registry: ProcessRegistry,
  { entry, workers, log }: Presence,
): () => Promise<void> {
  const onError = (error: unknown) =>
    log.debug({ reason: describeError(error) }, 'cannot note this process now');
  const renew = () => {
    const jobs = workers.flatMap((worker) => worker.runningJobs());
    registry.note({ ...entry, jobs: jobs.slice(0, MOST_JOBS), running: jobs.length }).catch(onError);
  };
  registry.noteStart(entry).catch(onError);
  renew();
  const timer = setInterval(renew, RENEW_MS).unref();
  return async () => {
    clearInterval(timer);
    await registry.remove(entry);
  };
}
