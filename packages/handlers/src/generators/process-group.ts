import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { PermanentError } from '../errors.ts';
import type { HandlerLog } from '../types.ts';

export interface Ending {
  code: number | null;
  killedBy: NodeJS.Signals | null;
}

/**
 * A process that left the program's group may still hold its output open. The output is read no
 * longer than this.
 */
const READ_AFTER_EXIT_MS = 1000;
/** How long we wait for the end of a killed group. */
const GONE_WITHIN_MS = 2000;
const LOOK_EVERY_MS = 5;

/**
 * Resolves with the program's end, once its output is read. Processes that the program left running
 * are ended, because they would write into a folder that is gone.
 */
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
        // The output is read afterwards, so no process of the group may still write.
        void groupGone(child).then(() => resolve({ code, killedBy }));
      });
    });
  });
}

/** Waits until no process of a killed group runs any more. */
async function groupGone({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return;
  const until = performance.now() + GONE_WITHIN_MS;
  while (isGroupThere(pid) && performance.now() < until) {
    // In a container without an init process nobody collects ended processes. They stay as zombies,
    // which write nothing.
    if (await isAllZombies(pid)) return;
    await delay(LOOK_EVERY_MS);
  }
}

function isGroupThere(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Whether only zombies are left, if the system shows the state of processes as Linux does.
 * Otherwise false.
 */
async function isAllZombies(group: number): Promise<boolean> {
  const names = await readdir('/proc').catch(() => []);
  const stats = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')),
  );
  // The format is "pid (name) state parent group …", and a name may hold any character.
  const members = stats
    .map((stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' '))
    .filter(([, , of]) => Number(of) === group);
  return members.length > 0 && members.every(([state]) => state === 'Z' || state === 'X');
}

const running = new Set<ChildProcess>();

/**
 * When this process ends, it ends the group of the program, because a group of its own would live
 * on.
 */
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

/**
 * Ends a program and every process that it started, with SIGTERM first, and after `graceMs` with
 * SIGKILL.
 */
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

/** @returns whether we may end the group. An empty group counts as ended. */
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
