import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A process that started us, directly or through another process. */
interface Parent {
  pid: number;
  /** The parent of this process when we started. 0 if it does not matter. */
  parent: number;
}

const LAUNCHERS = /^(pnpm|npm|npx|pnpx|corepack|pnpm\.[cm]?js|npm-cli\.js|npx-cli\.js)$/;
const CHECK_MS = 300;

/**
 * Calls back, once, when a package manager that started this process is gone, or a shell between
 * them. A terminal or a supervisor signals `pnpm start`, which is up to three processes above this
 * one. If one of these died without passing the signal on, the rest would keep running.
 * @returns a function that ends the watch.
 */
export function watchParents(onGone: () => void): () => void {
  const parents = launchersOf(process.pid);
  if (parents.length === 0) return () => undefined;
  const timer = setInterval(() => {
    const isWhole = process.ppid === parents[0]?.pid && parents.every(isInPlace);
    if (isWhole) return;
    clearInterval(timer);
    onGone();
  }, CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * The processes above this one up to the nearest package manager, nearest first. The list continues
 * with the package managers directly above that one (`npx pnpm start`). A shell or program above
 * them may end without us. For example, `nohup pnpm start &` outlives its shell, even inside the
 * script of another package manager.
 */
function launchersOf(pid: number): Parent[] {
  const above: Parent[] = [];
  let count = 0;
  for (let next = parentOf(pid); next !== null && next > 1; next = parentOf(next)) {
    above.push({ pid: next, parent: parentOf(next) ?? 0 });
    if (isLauncher(next)) count = above.length;
    else if (count > 0) break;
  }
  const launchers = above.slice(0, count);
  return launchers.map((link, index) => (index === count - 1 ? { ...link, parent: 0 } : link));
}

function isInPlace({ pid, parent }: Parent): boolean {
  const now = parentOf(pid);
  return now !== null && (parent === 0 || now === parent);
}

/** Null if there is no such process, or on a system without /proc. Nothing is watched there. */
function parentOf(pid: number): number | null {
  // The name in brackets may contain spaces and brackets.
  const [, parent] = /\) \S (\d+)/.exec(procFile(pid, 'stat').replace(/^.*\)/s, ')')) ?? [];
  return parent === undefined ? null : Number(parent);
}

function isLauncher(pid: number): boolean {
  // npm sets its title, which leaves blanks between the words.
  const [program = '', script = ''] = procFile(pid, 'cmdline').split(/[\0 ]/);
  return [program, script].some((text) => LAUNCHERS.test(path.basename(text)));
}

function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
