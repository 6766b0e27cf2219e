import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;

/**
 * Signals every process of a group. Signal 0 only asks whether there is one.
 * @param group the process id of the group's leader, also after the leader's end.
 * @returns `gone` if the group has no process, `forbidden` if its processes run as another user.
 */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): 'sent' | 'gone' | 'forbidden' {
  try {
    process.kill(-group, signal);
    return 'sent';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH') return 'gone';
    if (code === 'EPERM') return 'forbidden';
    throw error;
  }
}

/**
 * Waits until no process of a killed group runs any more, or the time is over. In a container
 * without an init process nobody collects ended processes: they stay as zombies, which count as
 * ended.
 */
export async function untilGroupGone(group: number, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  while (signalGroup(group, 0) !== 'gone' && performance.now() < until) {
    if (await isAllZombies(group)) return;
    await delay(LOOK_EVERY_MS);
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

/** Process groups that end when this process ends in an orderly way. */
class EndingGroups {
  readonly #groups = new Set<number>();

  add(group: number): () => void {
    if (this.#groups.size === 0) process.on('exit', this.#endAll);
    this.#groups.add(group);
    return () => {
      this.#groups.delete(group);
      if (this.#groups.size === 0) process.off('exit', this.#endAll);
    };
  }

  readonly #endAll = () => {
    for (const group of this.#groups) signalGroup(group, 'SIGKILL');
  };
}

/** The groups of this process, under one listener: Node.js warns about more than ten. */
const endingGroups = new EndingGroups();

/**
 * Ends a group when this process exits, because a group of its own would live on. `guard` also
 * covers a crash, and costs a second process.
 * @returns a function that forgets the group, for use when it is gone.
 */
export function endGroupOnExit(group: number): () => void {
  return endingGroups.add(group);
}
