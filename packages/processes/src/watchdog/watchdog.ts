import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import path from 'node:path';

/**
 * Something that must not outlive this process: a process group, with all processes that carry its
 * mark (see `killMarked`), or a file or folder.
 */
export type Charge = { group: number; mark?: string } | { path: string };

/** A line from this process to the watchdog. */
export interface WatchdogLine {
  do: 'guard' | 'release';
  charge: Charge;
}

/** The second process that outlives this one. It starts with the first charge. */
class Watchdog {
  #process: ChildProcess | null = null;

  tell(line: WatchdogLine): void {
    this.#process ??= start();
    this.#process.stdin?.write(`${JSON.stringify(line)}\n`);
  }
}

/** One watchdog has the charges of all parts of this process. */
const watchdog = new Watchdog();

/**
 * Ends a process group, or removes a folder, when this process is gone, for any reason including
 * SIGKILL. A second process holds a pipe from this one and acts when the pipe closes.
 * @returns a function that drops the charge, for use when it is gone already.
 */
export function guard(charge: Charge): () => void {
  watchdog.tell({ do: 'guard', charge });
  return () => watchdog.tell({ do: 'release', charge });
}

/**
 * The watchdog has its own session, so that Ctrl-C does not end it. It does not keep this process
 * alive.
 */
function start(): ChildProcess {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}
