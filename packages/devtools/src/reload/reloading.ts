import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeExit, ROOT, type RunningProcess } from '@fulfillment/processes';
import { EXIT_CONFIGURATION } from '@fulfillment/shared';
import { type Watched, watchFiles } from './watch-files.ts';

export interface ReloadingOptions {
  name: string;
  start: () => RunningProcess;
  /** Called before each start: the configuration may import other files by then. */
  watched: () => Watched;
  log: (line: string) => void;
  /** The wait before a crashed process is started again without a change. In ms. */
  crashWaitMs?: number;
}

/** A process that restarts whenever a file that it uses changes. */
export interface Reloading {
  /**
   * Resolves when the first start is ready. Rejects with the process's last lines if the process
   * ended or is not ready in time.
   */
  ready: Promise<void>;
  /** Ends the process and the watch. */
  stop(): Promise<void>;
  /** Resolves after `stop`. */
  ended: Promise<void>;
}

const CRASH_WAIT_MS = 2000;

/**
 * Keeps a process running and restarts it when a file changes. A process that ends with a
 * configuration error waits for a change. A process that crashes restarts at a change or after a
 * moment.
 */
export function keepReloading(options: ReloadingOptions): Reloading {
  const stopping = new AbortController();
  let running = options.start();
  const ready = running.ready();
  const ended = (async () => {
    while (!stopping.signal.aborted) {
      await untilRestart(options, running, stopping.signal);
      await running.stop();
      if (!stopping.signal.aborted) running = options.start();
    }
  })();
  return {
    ready,
    ended,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** Resolves when the process must restart, or when everything must stop. */
async function untilRestart(
  { name, watched, log, crashWaitMs = CRASH_WAIT_MS }: ReloadingOptions,
  running: RunningProcess,
  stopping: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([stopping, over.signal]);
  const unwatch = watchFiles(watched(), (file) => {
    log(`${name} starts again: ${path.relative(ROOT, file)} changed`);
    over.abort();
  });
  const crashed = running.exited.then(async (exit) => {
    if (either.aborted) return;
    if ('code' in exit && exit.code === EXIT_CONFIGURATION) {
      log(`${name} waits for a change: its configuration is wrong, see above`);
      return;
    }
    log(`${name} ended (${describeExit(exit)}), and restarts at a change or in ${crashWaitMs / 1000} s`);
    await delay(crashWaitMs, undefined, { signal: either }).catch(() => undefined);
    over.abort();
  });
  await new Promise<void>((resolve) => {
    if (either.aborted) resolve();
    either.addEventListener('abort', () => resolve(), { once: true });
  });
  unwatch();
  void crashed;
}
