import { constants } from 'node:os';
import { watchParents } from './parents.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/**
 * One Ctrl-C reaches a process several times: from the terminal, and from each parent that passes
 * it on.
 */
const SAME_INTERRUPT_MS = 1000;

type Cleanup = () => Promise<void>;
const cleanups = new Map<Cleanup, number | undefined>();
let interruptedAt: number | null = null;
let unwatchParents = () => {};

/**
 * Runs a cleanup when this process is interrupted, and ends the process after all cleanups. A
 * second interrupt ends the process at once. An interrupt is SIGINT, SIGTERM or SIGHUP, or the end
 * of the package manager that started the process.
 * @param status the exit status. Left out: 128 + the signal's number.
 * @returns a function that removes the cleanup.
 */
export function onInterrupt(cleanup: Cleanup, status?: number): () => void {
  if (cleanups.size === 0) {
    for (const signal of SIGNALS) process.on(signal, interrupt);
    // A parent that passed the signal on and has ended since does not count as a second interrupt.
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

/** Whether this process was interrupted. */
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
