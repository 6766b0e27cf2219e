import { setTimeout as delay } from 'node:timers/promises';
import { freePort, isRedisAlive, requireRedisProgram } from '@fulfillment/devtools';
import { type RunningProcess, startProcess } from '@fulfillment/processes';
import { command, misbehave, type RedisFault } from './redis-faults.ts';

/**
 * A Redis that can be killed and started again on the same files, can misbehave, and can lose
 * everything.
 */
export interface KillableRedis {
  url: string;
  pids: readonly (number | undefined)[];
  /** The number of kills. */
  kills(): number;
  killFor(awayMs: number): Promise<void>;
  /** Stops it with a signal. @returns a function that continues it. */
  hold(): () => void;
  /** Makes it misbehave for this long. */
  misbehaveFor(fault: RedisFault, ms: number): Promise<void>;
  /** The number of times that it misbehaved in each way. */
  misbehaviours: Readonly<Record<RedisFault, number>>;
  /** Removes everything that is in it. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

/** The append-only file keeps every write in readable form: Redis never rewrites the file. */
const OPTIONS = [
  ['--bind', '127.0.0.1'],
  ['--save', ''],
  ['--appendonly', 'yes'],
  ['--auto-aof-rewrite-percentage', '0'],
  ['--maxmemory-policy', 'noeviction'],
].flat();

export async function startKillableRedis(
  folder: string,
  env: Record<string, string>,
  log: (line: string) => void,
): Promise<KillableRedis> {
  const program = await requireRedisProgram(log);
  const port = await freePort();
  const pids: (number | undefined)[] = [];
  const start = async (): Promise<RunningProcess> => {
    const server = startProcess({
      name: 'redis',
      command: program,
      args: ['--port', String(port), '--dir', folder, ...OPTIONS],
      cwd: folder,
      env: { PATH: process.env.PATH, LC_ALL: 'C', ...env },
      readyUrl: () => isRedisAlive(port),
    });
    pids.push(server.pid);
    await server.ready();
    return server;
  };
  let server = await start();
  let kills = 0;
  const misbehaviours = { 'redis out of memory': 0, 'redis read-only': 0, 'redis mute in handshakes': 0 };
  return {
    url: `redis://127.0.0.1:${port}`,
    pids,
    kills: () => kills,
    async killFor(awayMs) {
      if (server.kill('SIGKILL')) kills += 1;
      await server.exited;
      await delay(awayMs);
      server = await start();
    },
    hold() {
      const held = server;
      held.kill('SIGSTOP');
      return () => void held.kill('SIGCONT');
    },
    misbehaviours,
    async misbehaveFor(fault, ms) {
      await misbehave({ port, server }, fault, ms);
      misbehaviours[fault] += 1;
    },
    empty: () => command(port, 'FLUSHALL'),
    stop: () => server.stop(),
  };
}
