/**
 * The watchdog process. When its input closes, its parent is gone, and the watchdog ends or removes
 * its remaining charges.
 */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { killMarked } from '../children/marked-processes.ts';
import { signalGroup } from '../children/process-groups.ts';
import type { WatchdogLine } from './watchdog.ts';

const GRACE_MS = 5000;
const LOOK_MS = 20;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

await watch();

/** Waits for the end of the parent, then ends and removes the charges that are left. */
async function watch(): Promise<void> {
  const groups = new Set<number>();
  /** The mark of a group, by its number. */
  const marks = new Map<number, string>();
  const paths = new Set<string>();
  for await (const text of createInterface({ input: process.stdin })) {
    const { do: action, charge } = JSON.parse(text) as WatchdogLine;
    const change = action === 'guard' ? 'add' : 'delete';
    if ('path' in charge) {
      paths[change](charge.path);
      continue;
    }
    groups[change](charge.group);
    if (action === 'guard' && charge.mark !== undefined) marks.set(charge.group, charge.mark);
    else marks.delete(charge.group);
  }
  await endAll(groups);
  for (const mark of marks.values()) killMarked(mark);
  for (const path of paths) await rm(path, { recursive: true, force: true, maxRetries: 5 });
}

async function endAll(groups: Set<number>): Promise<void> {
  signalAll(groups, 'SIGTERM');
  const end = performance.now() + GRACE_MS;
  while (groups.size > 0 && performance.now() < end) {
    await delay(LOOK_MS);
    signalAll(groups, 0);
  }
  signalAll(groups, 'SIGKILL');
}

/** Signals each group and forgets those that are gone. */
function signalAll(groups: Set<number>, signal: NodeJS.Signals | 0): void {
  for (const group of groups) {
    if (signalGroup(group, signal) !== 'sent') groups.delete(group);
  }
}
