import type { ChildProcess } from 'node:child_process';
import { endGroupOnExit, signalGroup, untilGroupGone } from '@fulfillment/processes/groups';
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

/**
 * Resolves with the program's end, once its output is read. Processes that the program left running
 * are ended, because they would write into a folder that is gone. The program's group also ends
 * with this process.
 */
export function endingOf(child: ChildProcess): Promise<Ending> {
  const { pid: group } = child;
  const forget = group === undefined ? () => undefined : endGroupOnExit(group);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      forget();
      reject(new PermanentError(`${child.spawnfile} cannot be started: ${error.message}`, { cause: error }));
    });
    child.once('exit', (code, killedBy) => {
      forget();
      if (group !== undefined) signalGroup(group, 'SIGKILL');
      const unread = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, READ_AFTER_EXIT_MS);
      child.once('close', () => {
        clearTimeout(unread);
        // The output is read afterwards, so no process of the group may still write.
        const gone = group === undefined ? Promise.resolve() : untilGroupGone(group, GONE_WITHIN_MS);
        void gone.then(() => resolve({ code, killedBy }));
      });
    });
  });
}

/** A program that runs. */
export interface RunningProgram {
  child: ChildProcess;
  ending: Promise<Ending>;
  log: HandlerLog;
}

/**
 * Ends a program and every process that it started, with SIGTERM first, and after `graceMs` with
 * SIGKILL.
 */
export function endProgram({ child, ending, log }: RunningProgram, graceMs: number): void {
  const end = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined && signalGroup(child.pid, signal) === 'forbidden') {
      log.error({ pid: child.pid }, 'the program runs as another user by now: it cannot be ended');
    }
  };
  end('SIGTERM');
  const kill = setTimeout(() => end('SIGKILL'), graceMs);
  const ended = () => clearTimeout(kill);
  ending.then(ended, ended);
}
