import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../wait-for.ts';
import { guard } from '../watchdog/watchdog.ts';
import { signalGroup } from './process-groups.ts';
import { Tail } from './tail.ts';

const KEPT_CHARACTERS = 2_000_000;
const SHOWN_LINES = 40;
const READY_WITHIN_MS = 30_000;
const GRACE_MS = 8000;
const PROBE_TIMEOUT_MS = 2000;
const LAST_WORDS_MS = 300;

export interface ProcessOptions {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The test of readiness: this address answers 2xx, or this probe returns true. */
  readyUrl: string | (() => Promise<boolean>);
  /** Receives each line that the process prints. */
  onLine?: (line: string) => void;
  /** The time to end after SIGTERM, before SIGKILL. */
  graceMs?: number;
}

/** How a process ended: with an exit code, by a signal, or it could not be started. */
export type Exit = { code: number } | { signal: NodeJS.Signals } | { error: Error };

export interface RunningProcess {
  name: string;
  pid: number | undefined;
  /** Its output, limited to the last two million characters. */
  output(): string;
  /**
   * Resolves when the process is ready. Rejects with its last lines if it ends before, or is not
   * ready after 30 seconds.
   */
  ready(): Promise<void>;
  /** @returns whether a process received the signal. */
  kill(signal: NodeJS.Signals): boolean;
  exited: Promise<Exit>;
  /**
   * Sends SIGTERM, and SIGKILL if the process does not end in time. Resolves when the process and
   * all its children are gone.
   */
  stop(): Promise<void>;
}

/**
 * Starts a process that does not outlive this one. It leads its own process group: Ctrl-C reaches
 * it only through `stop`.
 */
export function startProcess(options: ProcessOptions): RunningProcess {
  const { name, readyUrl, graceMs = GRACE_MS } = options;
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const group = child.pid;
  const release = group === undefined ? () => undefined : guard({ group });
  const tail = keepOutput(child, options.onLine);
  let ended: Exit | null = null;
  const exited = exitOf(child).then((exit) => {
    ended = exit;
    release();
    return exit;
  });
  const probe = typeof readyUrl === 'string' ? () => answers(readyUrl) : readyUrl;
  const fail = (what: string) => new Error(`${name} ${what}. Its last output:\n${tail.text(SHOWN_LINES)}`);
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    child.kill('SIGTERM');
    const patience = new AbortController();
    const killLater = delay(graceMs, undefined, { signal: patience.signal, ref: false })
      .then(() => child.kill('SIGKILL'))
      .catch(() => undefined);
    await exited;
    patience.abort();
    await killLater;
  };
  return {
    name,
    pid: group,
    output: () => tail.text(),
    async ready() {
      const attempt = async () => {
        if (ended !== null) throw fail(`ended before it was ready (${describeExit(ended)})`);
        return probe();
      };
      await waitFor('', attempt, { timeoutMs: READY_WITHIN_MS }).catch((error: Error) => {
        throw ended === null ? fail(`was not ready after ${READY_WITHIN_MS / 1000} s`) : error;
      });
    },
    kill: (signal) => ended === null && child.kill(signal),
    exited,
    stop: () => (stopping ??= ended === null ? stop() : Promise.resolve()),
  };
}

/** An exit in words. */
export function describeExit(exit: Exit): string {
  if ('error' in exit) return exit.error.message;
  return 'code' in exit ? `status ${exit.code}` : exit.signal;
}

/** Resolves when the process has ended and all of its output has arrived. */
async function exitOf(child: ChildProcess): Promise<Exit> {
  const closed = once(child, 'close').catch(() => undefined);
  try {
    const [code, signal] = await once(child, 'exit');
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    await Promise.race([closed, delay(LAST_WORDS_MS)]);
    return code === null ? { signal } : { code };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function keepOutput(child: ChildProcess, onLine: ((line: string) => void) | undefined): Tail {
  const tail = new Tail(KEPT_CHARACTERS);
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      tail.add(line);
      onLine?.(line);
    });
  }
  return tail;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })).ok;
  } catch {
    return false;
  }
}
