import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  freePort,
  isRedisAlive,
  ProcessGroup,
  type RunningProcess,
  requireRedisProgram,
  startProcess,
  temporaryFolder,
} from '@fulfillment/devtools';
import { APPS, type AppName, appEnvironment, ROOT } from '../harness/environment.ts';
import { type Market, startMarket } from '../harness/market.ts';
import { openRedisView, type RedisView } from '../harness/redis-view.ts';

/** How many of each app run. */
const REPLICAS: Record<AppName, number> = {
  ingestor: 2,
  'generation-worker': 2,
  'delivery-worker': 2,
  admin: 1,
};

/** One process of the fleet, which is started again whenever it ends. */
interface Member {
  name: string;
  app: AppName;
  /** Sends a signal to the process that runs now. */
  signal(signal: NodeJS.Signals): void;
  /** All that its processes printed. */
  output(): string;
}

/** The product with several processes of each app, a Redis of its own that can be killed, and the marketplace. */
export interface Fleet {
  market: Market;
  members: readonly Member[];
  view: RedisView;
  /** Where buyers open artifacts. */
  publicUrl: string;
  adminUrl: string;
  /** Kills Redis, and starts it again on the same files after a while. */
  killRedis(awayMs: number): Promise<void>;
  /** The processes that were ever started and still run. */
  left(): number[];
  /** Starts no process again any more, and stops all of them in order. */
  stopMembers(): Promise<void>;
  close(): Promise<void>;
}

/** How long a member that ended stays away, as under a supervisor. */
const AWAY_MS = 700;

export async function startFleet(seed: number, log: (line: string) => void): Promise<Fleet> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    const folder = await temporaryFolder('chaos');
    cleanups.push(() => folder.remove());
    const redis = await startKillableRedis(folder.path, log);
    cleanups.push(() => redis.stop());
    const group = new ProcessGroup();
    cleanups.push(() => group.stop());
    const market = await startMarket(group);

    const prefix = 'chaos';
    const publicPort = await freePort();
    const adminPort = await freePort();
    const seats = await seatsOf(publicPort, adminPort);
    const supervisor = new Supervisor();
    cleanups.push(() => supervisor.stop());
    const publicUrl = `http://127.0.0.1:${publicPort}`;
    const members = seats.map(({ name, app, ports }) => {
      const variables = appEnvironment({
        redisUrl: redis.url,
        prefix,
        folder: folder.path,
        marketUrl: market.url,
        publicUrl,
        ports,
        env: {
          FULFILLMENT_CONFIG: path.join(import.meta.dirname, 'chaos.config.ts'),
          JOB_LOCK_SECONDS: '5',
          MARKETPLACE_TIMEOUT_SECONDS: '6',
          SHUTDOWN_GRACE_SECONDS: '2',
          CHAOS_SEED: String(seed),
          CHAOS_SEAT: name,
        },
      });
      return supervisor.run(name, app, variables, `http://127.0.0.1:${ports[app]}/readyz`);
    });
    await supervisor.ready();
    const view = await openRedisView(redis.url, prefix);
    cleanups.push(() => view.close());
    return {
      market,
      members,
      view,
      publicUrl,
      adminUrl: `http://127.0.0.1:${adminPort}`,
      killRedis: (awayMs) => redis.killFor(awayMs),
      left: () => [...supervisor.pids, ...redis.pids].filter(isAlive),
      stopMembers: () => supervisor.stop(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Seat {
  name: string;
  app: AppName;
  ports: Record<AppName, number>;
}

async function seatsOf(publicPort: number, adminPort: number): Promise<Seat[]> {
  const seats: Seat[] = [];
  for (const app of APPS) {
    for (let replica = 1; replica <= REPLICAS[app]; replica += 1) {
      const fixed =
        replica === 1 ? { ingestor: publicPort, admin: adminPort }[app as 'ingestor' | 'admin'] : undefined;
      const port = fixed ?? (await freePort());
      const ports = Object.fromEntries(APPS.map((name) => [name, port])) as Record<AppName, number>;
      seats.push({ name: `${app}-${replica}`, app, ports });
    }
  }
  return seats;
}

/** Whether a process, or one that it started, still runs: each leads a process group. */
function isAlive(pid: number | undefined): pid is number {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts each process again when it ends, until it is told to stop. */
class Supervisor {
  readonly pids: (number | undefined)[] = [];
  readonly #current = new Map<string, RunningProcess>();
  readonly #loops: Promise<void>[] = [];
  readonly #stopping = new AbortController();

  run(name: string, app: AppName, env: Record<string, string>, readyUrl: string): Member {
    const past: string[] = [];
    const start = () => {
      const process_ = startProcess({
        name,
        command: process.execPath,
        args: ['src/main.ts'],
        cwd: path.join(ROOT, 'apps', app),
        env,
        readyUrl,
      });
      this.#current.set(name, process_);
      this.pids.push(process_.pid);
      return process_;
    };
    const loop = async () => {
      for (let running = start(); ; running = start()) {
        await running.exited;
        past.push(running.output());
        if (this.#stopping.signal.aborted) return;
        await delay(AWAY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
        if (this.#stopping.signal.aborted) return;
      }
    };
    this.#loops.push(loop());
    return {
      name,
      app,
      signal: (signal) => this.#current.get(name)?.kill(signal),
      output: () => [...past, this.#current.get(name)?.output() ?? ''].join('\n'),
    };
  }

  async ready(): Promise<void> {
    await Promise.all([...this.#current.values()].map((running) => running.ready()));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#current.values()].map((running) => running.stop()));
    await Promise.all(this.#loops);
  }
}

/** A Redis that writes everything down, and can be killed and started again. */
async function startKillableRedis(folder: string, log: (line: string) => void) {
  const program = await requireRedisProgram(log);
  const port = await freePort();
  const pids: (number | undefined)[] = [];
  const start = async (): Promise<RunningProcess> => {
    const server = startProcess({
      name: 'redis',
      command: program,
      args: [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--save',
        '',
        '--appendonly',
        'yes',
        '--maxmemory-policy',
        'noeviction',
      ],
      cwd: folder,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      readyUrl: () => isRedisAlive(port),
    });
    pids.push(server.pid);
    await server.ready();
    return server;
  };
  let server = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    pids,
    async killFor(awayMs: number) {
      server.kill('SIGKILL');
      await server.exited;
      await delay(awayMs);
      server = await start();
    },
    stop: () => server.stop(),
  };
}
