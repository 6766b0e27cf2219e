import { readdirSync, readFileSync } from 'node:fs';

/**
 * The environment variable that marks a process and the programs that it starts. A program in a
 * process group of its own, or whose parent has ended, still carries the mark.
 */
export const MARK_VARIABLE = 'FULFILLMENT_PROCESS_MARK';

/** A program that starts programs may be faster than one search. */
const MOST_SEARCHES = 50;

/**
 * Ends all processes that carry a mark, on systems that show the environment of processes as Linux
 * does. Elsewhere this function does nothing.
 */
export function killMarked(mark: string): void {
  for (let search = 0; search < MOST_SEARCHES; search += 1) {
    const found = pidsOf(`${MARK_VARIABLE}=${mark}`);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
  }
}

function pidsOf(entry: string): number[] {
  return processIds().filter((pid) => pid !== process.pid && environmentOf(pid).split('\0').includes(entry));
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Empty for a process that has ended, or is another user's. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended since.
  }
}
