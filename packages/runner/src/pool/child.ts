import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Socket } from 'node:net';
import path from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { guard } from '@fulfillment/processes';
import { killMarked } from '@fulfillment/processes/groups';
import { childEnvironment } from './environment.ts';

/** How long the last output of an ended child may take to arrive. */
const LAST_OUTPUT_MS = 300;

export interface ChildOptions {
  configFile: string;
  /** The limit of its heap, in MB. */
  memoryMb: number;
  env: NodeJS.ProcessEnv;
  /** Values that its environment must not have. */
  withheld: readonly string[];
}

/** A started child. */
export interface Child {
  pid: number | undefined;
  pipe: Duplex;
  stdout: Readable;
  stderr: Readable;
  /** Resolves when the child and all of its programs have ended. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; error?: Error }>;
  /** Ends the child and every program that it started, at once. */
  kill(): void;
}

/**
 * Starts a child in a process group of its own. The watchdog ends the group when this process is
 * gone, even if the child's event loop is blocked.
 */
export function startChild({ configFile, memoryMb, env, withheld }: ChildOptions): Child {
  const mark = randomUUID();
  const main = path.join(import.meta.dirname, '../child/main.ts');
  const child = spawn(process.execPath, [`--max-old-space-size=${memoryMb}`, main, configFile], {
    env: childEnvironment(env, { withheld, mark }),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const group = child.pid;
  const release = group === undefined ? () => undefined : guard({ group, mark });
  const kill = () => {
    if (group !== undefined) killGroup(group);
    killMarked(mark);
  };
  const { stdout, stderr } = child;
  const pipe = child.stdio[3];
  if (stdout === null || stderr === null || !(pipe instanceof Socket))
    throw new Error('a child has no pipes');
  return {
    pid: group,
    pipe,
    stdout,
    stderr,
    exited: exitOf(child).then((exit) => {
      kill();
      release();
      return exit;
    }),
    kill,
  };
}

/** Resolves when the child has ended and its output has arrived. */
async function exitOf(child: ChildProcess): Promise<Awaited<Child['exited']>> {
  const closed = once(child, 'close').catch(() => undefined);
  try {
    const [code, signal] = await once(child, 'exit');
    await Promise.race([closed, delay(LAST_OUTPUT_MS)]);
    return { code, signal };
  } catch (error) {
    return { code: null, signal: null, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
