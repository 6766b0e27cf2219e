import { constants } from 'node:os';
import { watchParents } from './parents.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/**
 * One Ctrl-C reaches a process several times: from the terminal, and from each parent that passes
 * it on.
 */
const SAME_INTERRUPT_MS = 1000;

type Cleanup = () => Promise<void>;

/** The cleanups that run before an interrupted process ends. */
class Interrupts {
  readonly #cleanups = new Map<Cleanup, number | undefined>();
  #interruptedAt: number | null = null;
  #unwatchParents = () => {};

  get hasHappened(): boolean {
    return this.#interruptedAt !== null;
  }

  add(cleanup: Cleanup, status: number | undefined): () => void {
    if (this.#cleanups.size === 0) this.#listen();
    this.#cleanups.set(cleanup, status);
    return () => {
      this.#cleanups.delete(cleanup);
      if (this.#cleanups.size === 0 && !this.hasHappened) this.#stopListening();
    };
  }

  #listen(): void {
    for (const signal of SIGNALS) process.on(signal, this.#interrupt);
    // A parent that passed the signal on and has ended since does not count as a second interrupt.
    this.#unwatchParents = watchParents(() => this.hasHappened || this.#interrupt('SIGTERM'));
  }

  #stopListening(): void {
    for (const signal of SIGNALS) process.off(signal, this.#interrupt);
    this.#unwatchParents();
  }

  readonly #interrupt = (signal: NodeJS.Signals): void => {
    const status = [...this.#cleanups.values()].find((given) => given !== undefined);
    const exit = () => process.exit(status ?? 128 + constants.signals[signal]);
    if (this.#interruptedAt !== null) {
      if (performance.now() - this.#interruptedAt > SAME_INTERRUPT_MS) exit();
      return;
    }
    this.#interruptedAt = performance.now();
    void Promise.allSettled([...this.#cleanups.keys()].map((cleanup) => cleanup())).then(exit);
  };
}

/** A process receives each signal once, for all its parts. */
const interrupts = new Interrupts();

/**
 * Runs a cleanup when this process is interrupted, and ends the process after all cleanups. A
 * second interrupt ends the process at once. An interrupt is SIGINT, SIGTERM or SIGHUP, or the end
 * of the package manager that started the process.
 * @param status the exit status. Left out: 128 + the signal's number.
 * @returns a function that removes the cleanup.
 */
export function onInterrupt(cleanup: Cleanup, status?: number): () => void {
  return interrupts.add(cleanup, status);
}

/** Whether this process was interrupted. */
export function isInterrupted(): boolean {
  return interrupts.hasHappened;
}
