import { setTimeout as delay } from 'node:timers/promises';
import { describeExit, type Exit, type RunningProcess, startProcess } from '@fulfillment/processes';
import type { AppName } from '../../harness/environment.ts';

/** How a process of a member ended. */
export interface MemberExit {
  member: string;
  exit: Exit;
  said: string;
  /** The signals that we sent to the process. */
  signals: NodeJS.Signals[];
  /** Whether everything was being stopped. */
  isLast: boolean;
}

/** The effect of a stop signal on a process. */
export interface Freeze {
  app: AppName;
  ms: number;
  /** The number of steps that it left to another worker after it continued. */
  overtaken: number;
}

/** One process of the fleet. The supervisor starts it again whenever it ends. */
export interface Member {
  name: string;
  app: AppName;
  url: string;
  /** Sends a signal to the process that runs now. @returns whether a process received it. */
  signal(signal: 'SIGKILL' | 'SIGTERM'): boolean;
  /**
   * Stops the process with a signal.
   * @returns a function that continues it, or null if none runs. The function returns the effect of
   * the stop, or null if the process no longer lived.
   */
  hold(): (() => Promise<Freeze | null>) | null;
  /** The output of all its processes. */
  output(): string;
}

export interface Seat {
  name: string;
  app: AppName;
  url: string;
  cwd: string;
  env: Record<string, string>;
}

/** The pause before a restart, as under a supervisor. */
const AWAY_MS = 700;
/** A continued process discovers its lost steps within this time. */
const AFTERMATH_MS = 2000;
/** The log line of a delivery that was stopped for longer than its lock lasted, before its call. */
const OVERTAKEN =
  /"job":"deliver".*(the lock of deliver:\S+ ran out|step left to the worker that took it over)/;

/** The last line of a process that exited with an error gives the reason. */
function lastWords(exit: MemberExit['exit'], output: string): string[] {
  return !('code' in exit) || exit.code === 0
    ? []
    : [output.trimEnd().split('\n').at(-1)?.slice(0, 500) ?? ''];
}

/** Starts each process again when it ends, until `stop`. */
export class Supervisor {
  readonly pids: (number | undefined)[] = [];
  readonly exits: MemberExit[] = [];
  readonly #onLine: (member: string, line: string) => void;
  readonly #current = new Map<string, { running: RunningProcess; signals: NodeJS.Signals[] }>();
  readonly #loops: Promise<void>[] = [];
  readonly #stopping = new AbortController();

  /** @param onLine receives each line that any process prints. */
  constructor(onLine: (member: string, line: string) => void) {
    this.#onLine = onLine;
  }

  run(seat: Seat): Member {
    const { name, app, url } = seat;
    const past: string[] = [];
    let overtaken = 0;
    const start = () => {
      const running = startProcess({
        name,
        command: process.execPath,
        args: ['src/main.ts'],
        cwd: seat.cwd,
        env: seat.env,
        readyUrl: `${url}/readyz`,
        onLine: (line) => {
          if (OVERTAKEN.test(line)) overtaken += 1;
          this.#onLine(name, line);
        },
      });
      const signals: NodeJS.Signals[] = [];
      this.#current.set(name, { running, signals });
      this.pids.push(running.pid);
      return { running, signals };
    };
    const loop = async () => {
      while (!this.#stopping.signal.aborted) {
        const { running, signals } = start();
        const exit = await running.exited;
        this.exits.push({
          member: name,
          exit,
          said: [describeExit(exit), ...lastWords(exit, running.output())].join(': '),
          signals,
          isLast: this.#stopping.signal.aborted,
        });
        past.push(running.output());
        this.#current.delete(name);
        await delay(AWAY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    };
    this.#loops.push(loop());
    return {
      name,
      app,
      url,
      signal: (signal) => this.#send(name, signal) !== null,
      hold: () => {
        const running = this.#send(name, 'SIGSTOP');
        if (running === null) return null;
        const since = performance.now();
        return async () => {
          const ms = Math.round(performance.now() - since);
          const before = overtaken;
          if (!running.kill('SIGCONT')) return null;
          await delay(AFTERMATH_MS);
          return { app, ms, overtaken: overtaken - before };
        };
      },
      output: () => [...past, this.#current.get(name)?.running.output() ?? ''].join('\n'),
    };
  }

  /** Sends a signal. @returns the process that received it. */
  #send(name: string, signal: NodeJS.Signals): RunningProcess | null {
    const current = this.#current.get(name);
    if (current === undefined || !current.running.kill(signal)) return null;
    current.signals.push(signal);
    return current.running;
  }

  async ready(): Promise<void> {
    await Promise.all([...this.#current.values()].map(({ running }) => running.ready()));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(
      [...this.#current.values()].map(({ running, signals }) => {
        signals.push('SIGTERM');
        return running.stop();
      }),
    );
    await Promise.all(this.#loops);
  }
}
