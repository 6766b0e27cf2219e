import { EventEmitter, once } from 'node:events';
import { aborted } from '@fulfillment/shared';
import { RunnerUnavailableError } from '../errors.ts';
import type { LoadedHandlers, Runner, Slot } from '../slot.ts';
import { HandlerProcess, type HandlerProcessOptions, NotBegunError } from './handler-process.ts';
import { residentBytes } from './memory.ts';
import { TIMINGS, type Timings } from './timings.ts';

export interface ProcessRunnerOptions extends Omit<HandlerProcessOptions, 'timings'> {
  /** The most calls at the same time. */
  size: number;
  /** After how long without a call a process ends, in ms. */
  idleMs: number;
  timings?: Partial<Timings>;
}

/** How often a call moves to another process, because its process ended before the call began. */
const MOST_MOVES = 3;

/**
 * Runs handlers in processes of their own, each for one call at a time. Processes start when they
 * are needed, and serve many calls. A process that ends is replaced at the next call.
 */
export class ProcessRunner implements Runner {
  readonly #options: ProcessRunnerOptions;
  readonly #all = new Set<HandlerProcess>();
  /** Processes that callers hold. */
  readonly #held = new Set<HandlerProcess>();
  /** Processes of an earlier configuration: they finish their call, and end. */
  readonly #outdated = new WeakSet<HandlerProcess>();
  /**
   * Set from the begin of a reload until one succeeds. Processes without a call then stay, because
   * the file that would replace them may be broken.
   */
  #isReloadOpen = false;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #timer: NodeJS.Timeout;
  readonly #killAll = () => {
    for (const process of this.#all) process.kill('the worker ends');
  };

  constructor(options: ProcessRunnerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#endIdle(), Math.min(options.idleMs, 10_000));
    this.#timer.unref();
    process.on('exit', this.#killAll);
  }

  /** Starts a process in advance. A broken configuration shows at once. */
  async warm(): Promise<void> {
    await this.#start().ready;
  }

  /** The memory of all processes, in bytes. Null on systems that do not show it. */
  residentBytes(): number | null {
    const each = [...this.#all].map(({ pid }) => (pid === undefined ? null : residentBytes(pid)));
    return each.reduce((sum, bytes) => (sum === null || bytes === null ? null : sum + bytes), 0);
  }

  async acquire(signal: AbortSignal): Promise<Slot> {
    let current = await this.#hold(signal);
    const loaded = await current.ready;
    return {
      ...loaded,
      run: async (call) => {
        for (let moves = 0; ; moves += 1) {
          try {
            return await current.run(call);
          } catch (error) {
            if (!(error instanceof NotBegunError)) throw error;
            if (moves >= MOST_MOVES) throw new RunnerUnavailableError(error.message);
            this.#release(current);
            current = await this.#hold(call.signal);
          }
        }
      },
      [Symbol.dispose]: () => this.#release(current),
    };
  }

  async reload(): Promise<LoadedHandlers> {
    const before = [...this.#all];
    this.#isReloadOpen = true;
    const loaded = await this.#start().ready;
    this.#isReloadOpen = false;
    for (const process of before) {
      this.#outdated.add(process);
      if (!this.#held.has(process)) process.retire();
    }
    return loaded;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    process.off('exit', this.#killAll);
    this.#killAll();
    while (this.#all.size > 0) await once(this.#changes, 'change');
  }

  /** Waits for an available process, and starts one if fewer than `size` are held. */
  async #hold(signal: AbortSignal): Promise<HandlerProcess> {
    for (;;) {
      signal.throwIfAborted();
      const next = this.#available().at(-1) ?? (this.#shouldStart() ? this.#start() : null);
      if (next === null) {
        await Promise.race([once(this.#changes, 'change'), aborted(signal)]);
        continue;
      }
      this.#held.add(next);
      try {
        await Promise.race([next.ready, aborted(signal)]);
        return next;
      } catch (error) {
        this.#release(next);
        throw error;
      }
    }
  }

  #available(): HandlerProcess[] {
    return [...this.#all].filter((process) => process.isAvailable && !this.#held.has(process));
  }

  /**
   * A process that is about to be available is worth the wait. A process that cleans up after an
   * aborted call is not, but the number of such processes has a limit.
   */
  #shouldStart(): boolean {
    const { size } = this.#options;
    const isAnyClosing = [...this.#all].some((process) => process.isClosing && !this.#held.has(process));
    return !isAnyClosing && this.#held.size < size && this.#all.size < 2 * size;
  }

  #start(): HandlerProcess {
    const { timings, ...options } = this.#options;
    const started = new HandlerProcess({ ...options, timings: { ...TIMINGS, ...timings } });
    this.#all.add(started);
    started.onChange = () => {
      if (started.hasEnded) {
        this.#all.delete(started);
        this.#held.delete(started);
      }
      this.#changes.emit('change');
    };
    return started;
  }

  #release(process: HandlerProcess): void {
    this.#held.delete(process);
    if (this.#outdated.has(process)) process.retire();
    this.#changes.emit('change');
  }

  #endIdle(): void {
    if (this.#isReloadOpen) return;
    const before = performance.now() - this.#options.idleMs;
    for (const process of this.#available()) if (process.freeSince < before) process.retire();
  }
}
