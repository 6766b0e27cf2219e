import { onInterrupt } from '../interrupts/interrupts.ts';
import type { RunningProcess } from './start-process.ts';

/** Processes that end together: through `stop`, and when this process receives a signal to end. */
export class ProcessGroup {
  readonly #all = new Set<RunningProcess>();
  #forget: (() => void) | null = null;

  add(process: RunningProcess): RunningProcess {
    this.#forget ??= onInterrupt(() => this.stop());
    this.#all.add(process);
    void process.exited.then(() => this.#all.delete(process));
    return process;
  }

  /** Resolves when all have ended. */
  async stop(): Promise<void> {
    await Promise.all([...this.#all].map((process) => process.stop()));
    this.#all.clear();
    this.#forget?.();
    this.#forget = null;
  }
}
