/** The resources that a program used, by the accounts of the system and of Redis. */
import { readdir, readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import type { Stage } from './stage.ts';

/** Totals since the start of the processes and of Redis. */
export interface Usage {
  processorMs: number;
  /** Commands that Redis ran, those in scripts included. */
  commands: number;
  /** Scripts that Redis ran. */
  scripts: number;
}

/** @param more processes to count besides those of the stage, such as those of a database. */
export async function usageOf(stage: Stage, more: readonly number[] = []): Promise<Usage> {
  const [processorMs, counts] = await Promise.all([
    processorTime([...stage.pids(), ...more]),
    redisCounts(stage.redisUrl),
  ]);
  return { processorMs, ...counts };
}

async function redisCounts(url: string): Promise<Pick<Usage, 'commands' | 'scripts'>> {
  const redis = new Redis(url);
  try {
    const [stats, commands] = await Promise.all([redis.info('stats'), redis.info('commandstats')]);
    const scripts = [...commands.matchAll(/^cmdstat_(?:eval|evalsha|fcall):calls=(\d+)/gm)];
    return {
      commands: Number(/total_commands_processed:(\d+)/.exec(stats)?.[1]),
      scripts: scripts.reduce((sum, [, calls]) => sum + Number(calls), 0),
    };
  } finally {
    redis.disconnect();
  }
}

/** Linux reports processor time in ticks of 10 ms. */
const TICK_MS = 10;

/**
 * The processor time of processes and of all processes that they started, in ms. Works on Linux
 * only. A child that has ended counts once its parent has collected its status.
 */
async function processorTime(roots: readonly number[]): Promise<number> {
  const all = await processes();
  const wanted = new Set(roots);
  for (let size = -1; size !== wanted.size; ) {
    size = wanted.size;
    for (const { pid, parent } of all) if (wanted.has(parent)) wanted.add(pid);
  }
  const ticks = all.filter(({ pid }) => wanted.has(pid)).map((process) => process.ticks);
  return ticks.reduce((sum, each) => sum + each, 0) * TICK_MS;
}

interface ProcessStatus {
  pid: number;
  parent: number;
  ticks: number;
}

async function processes(): Promise<ProcessStatus[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  // A process may end between the two reads.
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat) => {
    // The name of a program may contain spaces and brackets. The fields after it do not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields.length < 15) return [];
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return [{ pid: Number.parseInt(stat, 10), parent: Number(fields[1]), ticks }];
  });
}
