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
  /**
   * Whether the process loads changed files of `watched().files` itself, when it receives SIGHUP
   * after it was ready.
   */
  isReloadedBySignal?: boolean;
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
  options: ReloadingOptions,
  running: RunningProcess,
  stopping: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([stopping, over.signal]);
  const { name, log, crashWaitMs = CRASH_WAIT_MS } = options;
  const unwatch = watchProcess(options, running, () => over.abort());
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

/**
 * Reloads the process at a change of a file: by a signal if that is enough, or else by a restart.
 * @returns a function that ends the watch.
 */
function watchProcess(
  { name, watched, log, isReloadedBySignal = false }: ReloadingOptions,
  running: RunningProcess,
  restart: () => void,
): () => void {
  let isReady = false;
  running.ready().then(
    () => {
      isReady = true;
    },
    () => undefined,
  );
  const watch = (): (() => void) => {
    const current = watched();
    return watchFiles(current, (file) => {
      const changed = `${path.relative(ROOT, file)} changed`;
      const canReload = isReloadedBySignal && isReady && current.files.includes(file);
      if (!canReload || !running.kill('SIGHUP')) {
        log(`${name} starts again: ${changed}`);
        restart();
        return;
      }
      log(`${name} loads the configuration again: ${changed}`);
      // The configuration may import other files now.
      unwatch();
      unwatch = watch();
    });
  };
  let unwatch = watch();
  return () => unwatch();
}
