import type { ChildProcess } from 'node:child_process';
import { PermanentError } from '../errors.ts';
import type { HandlerLog } from '../types.ts';

export interface Ending {
  code: number | null;
  killedBy: NodeJS.Signals | null;
}

/** What the program started may have left its group, and still hold its output open: it is read no longer than this. */
const READ_AFTER_EXIT_MS = 1000;

/** The program's end, once its output is read. What it left running would write into a folder that is gone, and is ended. */
export function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new PermanentError(`${child.spawnfile} cannot be started: ${error.message}`, { cause: error })),
    );
    child.once('exit', (code, killedBy) => {
      signalGroup(child, 'SIGKILL');
      const unread = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, READ_AFTER_EXIT_MS);
      child.once('close', () => {
        clearTimeout(unread);
        resolve({ code, killedBy });
      });
    });
  });
}

const running = new Set<ChildProcess>();

/** A process that ends takes what it started with it: a group of its own would live on. */
export function endWithUs(child: ChildProcess): void {
  if (running.size === 0) process.on('exit', endAll);
  running.add(child);
  const forget = () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  };
  child.once('exit', forget);
  child.once('error', forget);
}

function endAll(): void {
  for (const child of running) signalGroup(child, 'SIGKILL');
}

/** Ends a program and all that it started: kindly at first, and after `graceMs` for good. */
export function endGroup(
  child: ChildProcess,
  graceMs: number,
  ending: Promise<Ending>,
  log: HandlerLog,
): void {
  const end = (signal: NodeJS.Signals) => {
    if (!signalGroup(child, signal)) {
      log.error({ pid: child.pid }, 'the program runs as another user by now: it cannot be ended');
    }
  };
  end('SIGTERM');
  const kill = setTimeout(() => end('SIGKILL'), graceMs);
  const ended = () => clearTimeout(kill);
  ending.then(ended, ended);
}

/** @returns whether we may end it; when nobody of the group is left there is nothing to end. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return true;
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH') return true;
    if (code === 'EPERM') return false;
    throw error;
  }
}
