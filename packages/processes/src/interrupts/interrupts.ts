import { constants } from 'node:os';
import { watchParents } from './parents.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C reaches a process several times: from the terminal, and from each parent that passes it on. */
const SAME_INTERRUPT_MS = 1000;

type Cleanup = () => Promise<void>;
const cleanups = new Map<Cleanup, number | undefined>();
let interruptedAt: number | null = null;
let unwatchParents = () => {};

/**
 * Runs a cleanup when this process is asked to end, and ends the process after all of them. Asked a second time, the process ends
 * at once. It is asked by SIGINT, SIGTERM or SIGHUP, or by the end of the package manager that started it.
 * @param status the exit status; 128 + the signal's number when none is given.
 * @returns a function that takes the cleanup back.
 */
export function onInterrupt(cleanup: Cleanup, status?: number): () => void {
  if (cleanups.size === 0) {
    for (const signal of SIGNALS) process.on(signal, interrupt);
    // A parent that passed the signal on and is gone since is no second request.
    unwatchParents = watchParents(() => interruptedAt === null && interrupt('SIGTERM'));
  }
  cleanups.set(cleanup, status);
  return () => {
    cleanups.delete(cleanup);
    if (cleanups.size > 0 || interruptedAt !== null) return;
    for (const signal of SIGNALS) process.off(signal, interrupt);
    unwatchParents();
  };
}

/** True once this process was asked to end. */
export function isInterrupted(): boolean {
  return interruptedAt !== null;
}

function interrupt(signal: NodeJS.Signals): void {
  const status = [...cleanups.values()].find((given) => given !== undefined);
  const exit = () => process.exit(status ?? 128 + constants.signals[signal]);
  if (interruptedAt !== null) {
    if (performance.now() - interruptedAt > SAME_INTERRUPT_MS) exit();
    return;
  }
  interruptedAt = performance.now();
  void Promise.allSettled([...cleanups.keys()].map((cleanup) => cleanup())).then(exit);
}
