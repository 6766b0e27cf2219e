import { setTimeout as delay } from 'node:timers/promises';
import { describeExit, type Exit, type RunningProcess, startProcess } from '@fulfillment/processes';
import type { AppName } from '../../harness/environment.ts';

/** How a process of a member ended. */
export interface MemberExit {
  member: string;
  exit: Exit;
  said: string;
  /** The signals that we had sent it. */
  signals: NodeJS.Signals[];
  /** When everything was stopped. */
  isLast: boolean;
}

/** What standing still did to a process. */
export interface Freeze {
  app: AppName;
  ms: number;
  /** How many steps it had to leave to another worker when it went on. */
  overtaken: number;
}

/** One process of the fleet, which is started again whenever it ends. */
export interface Member {
  name: string;
  app: AppName;
  url: string;
  /** Sends a signal to the process that runs now. @returns whether one did. */
  signal(signal: 'SIGKILL' | 'SIGTERM'): boolean;
  /** Has it stand still. @returns what has it go on, which says what that did, null if it did not live to; null when none runs. */
  hold(): (() => Promise<Freeze | null>) | null;
  /** All that its processes printed. */
  output(): string;
}

export interface Seat {
  name: string;
  app: AppName;
  url: string;
  cwd: string;
  env: Record<string, string>;
}

/** How long a member that ended stays away, as under a supervisor. */
const AWAY_MS = 700;
/** A process that went on finds out within this what it has lost. */
const AFTERMATH_MS = 2000;
/** What a delivery says that stood still for longer than its lock lasted, before its call. */
const OVERTAKEN =
  /"job":"deliver".*(the lock of deliver:\S+ ran out|step left to the worker that took it over)/;

/** The last line of a process that ended by itself says why. */
function lastWords(exit: MemberExit['exit'], output: string): string[] {
  return !('code' in exit) || exit.code === 0
    ? []
    : [output.trimEnd().split('\n').at(-1)?.slice(0, 500) ?? ''];
}

/** Starts each process again when it ends, until it is told to stop. */
export class Supervisor {
  readonly pids: (number | undefined)[] = [];
  readonly exits: MemberExit[] = [];
  readonly #onLine: (member: string, line: string) => void;
  readonly #current = new Map<string, { running: RunningProcess; signals: NodeJS.Signals[] }>();
  readonly #loops: Promise<void>[] = [];
  readonly #stopping = new AbortController();

  /** @param onLine gets each line that any process prints. */
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

  /** @returns the process that got the signal. */
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
