import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { freePort } from '@fulfillment/devtools';
import { ProcessGroup, temporaryFolder } from '@fulfillment/processes';
import { type AlertReceiver, startAlertReceiver } from '../../harness/alert-receiver.ts';
import { APPS, type AppName, appEnvironment, ledgerFile, ROOT } from '../../harness/environment.ts';
import { type Market, startMarket } from '../../harness/market.ts';
import { openRedisView, type RedisView } from '../../harness/redis-view.ts';
import type { LedgerKind } from '../options.ts';
import {
  DELIVER_EFFECT_SECONDS,
  JOB_LOCK_SECONDS,
  LONGEST_HISTORY,
  MARKETPLACE_TIMEOUT_SECONDS,
} from './fleet-settings.ts';
import { type Front, startFront } from './front.ts';
import { startKillableRedis } from './killable-redis.ts';
import { type LedgerDatabase, openLedgerDatabase } from './ledger-database.ts';
import type { RedisFault } from './redis-faults.ts';
import { type Member, type MemberExit, type Seat, Supervisor } from './supervisor.ts';

/** The number of processes of each app. */
const REPLICAS: Record<AppName, number> = {
  ingestor: 2,
  'generation-worker': 2,
  'delivery-worker': 2,
  // Two projectors of the ledger take over from each other.
  admin: 2,
};

const PREFIX = 'chaos';
/** Of so many alerts, the receiver answers one with an error. */
const ALERTS_FAIL_EACH = 5;

/**
 * The product with several processes of each app, a private Redis that can be killed, and the
 * marketplace.
 */
export interface Fleet {
  market: Market;
  members: readonly Member[];
  front: Front;
  alerts: AlertReceiver;
  view: RedisView;
  /** The folder of Redis' files. */
  redisFolder: string;
  exits: readonly MemberExit[];
  /** Kills Redis, and starts it again on the same files after a while. */
  killRedis(awayMs: number): Promise<void>;
  redisKills(): number;
  /** Makes Redis misbehave for this long. */
  misbehaveRedis(fault: RedisFault, ms: number): Promise<void>;
  /** The number of times that Redis misbehaved in each way. */
  redisMisbehaviours: Readonly<Record<RedisFault, number>>;
  /** Removes everything from Redis. */
  emptyRedis(): Promise<void>;
  /** The times at which Redis lost everything, in ms since the epoch. */
  emptiedAt: readonly number[];
  ledger: LedgerDatabase;
  /** Stops Redis with a signal. @returns a function that continues it. */
  holdRedis(): () => void;
  /** Stops every member in order, and restarts none. */
  stopMembers(): Promise<void>;
  /** A text in the environment of every process of the fleet, and of all their children. */
  mark: string;
  /** Every process ever started. */
  pids(): number[];
  close(): Promise<void>;
}

interface FleetOptions {
  seed: number;
  ledger: LedgerKind;
  log: (line: string) => void;
  /** Receives each line that a member prints. */
  onLine: (member: string, line: string) => void;
}

export async function startFleet({ seed, ledger: kind, log, onLine }: FleetOptions): Promise<Fleet> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    const mark = `CHAOS_RUN=${randomUUID()}`;
    const marked = { CHAOS_RUN: mark.slice('CHAOS_RUN='.length) };
    const folder = await temporaryFolder('chaos');
    cleanups.push(() => folder.remove());
    const redis = await startKillableRedis(folder.path, marked, log);
    cleanups.push(() => redis.stop());
    const ledger = await openLedgerDatabase(kind, ledgerFile(folder.path), log);
    cleanups.push(() => ledger.stop());
    const group = new ProcessGroup();
    cleanups.push(() => group.stop());
    const market = await startMarket(group, { SANDBOX_HISTORY: String(LONGEST_HISTORY), ...marked });

    const alerts = await startAlertReceiver({ failsEach: ALERTS_FAIL_EACH });
    cleanups.push(() => alerts.close());
    const publicPort = await freePort();
    const seats = await seatsOf((name, ports) =>
      appEnvironment({
        redisUrl: redis.url,
        prefix: PREFIX,
        folder: folder.path,
        marketUrl: market.url,
        publicUrl: `http://127.0.0.1:${publicPort}`,
        ports,
        env: {
          FULFILLMENT_CONFIG: path.join(import.meta.dirname, '../chaos.config.ts'),
          MARKETPLACE_TIMEOUT_SECONDS: String(MARKETPLACE_TIMEOUT_SECONDS),
          DELIVER_EFFECT_SECONDS: String(DELIVER_EFFECT_SECONDS),
          JOB_LOCK_SECONDS: String(JOB_LOCK_SECONDS),
          SHUTDOWN_GRACE_SECONDS: '2',
          LEDGER_URL: ledger.url,
          HANDLER_ISOLATION: 'process',
          CHAOS_ALERTS_URL: alerts.url,
          CHAOS_ALERTS_SECRET: alerts.secret,
          CHAOS_SEED: String(seed),
          CHAOS_SEAT: name,
          ...marked,
        },
      }),
    );
    const ingestors = seats.filter(({ app }) => app === 'ingestor');
    const front = await startFront(
      publicPort,
      ingestors.map(({ name, url }) => ({ name, port: Number(new URL(url).port) })),
    );
    cleanups.push(() => front.close());
    const supervisor = new Supervisor(onLine);
    cleanups.push(() => supervisor.stop());
    const members = seats.map((seat) => supervisor.run(seat));
    await supervisor.ready();
    const view = await openRedisView(redis.url, PREFIX);
    const emptiedAt: number[] = [];
    cleanups.push(() => view.close());
    return {
      market,
      members,
      front,
      alerts,
      view,
      redisFolder: folder.path,
      exits: supervisor.exits,
      killRedis: (awayMs) => redis.killFor(awayMs),
      redisKills: () => redis.kills(),
      misbehaveRedis: (fault, ms) => redis.misbehaveFor(fault, ms),
      redisMisbehaviours: redis.misbehaviours,
      async emptyRedis() {
        await redis.empty();
        emptiedAt.push(Date.now());
      },
      emptiedAt,
      ledger,
      holdRedis: () => redis.hold(),
      stopMembers: () => supervisor.stop(),
      mark,
      pids: () => [...supervisor.pids, ...redis.pids, market.pid].filter((pid) => pid !== undefined),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function seatsOf(
  environment: (name: string, ports: Record<AppName, number>) => Record<string, string>,
): Promise<Seat[]> {
  const seats: Seat[] = [];
  for (const app of APPS) {
    for (let replica = 1; replica <= REPLICAS[app]; replica += 1) {
      const port = await freePort();
      const ports = Object.fromEntries(APPS.map((other) => [other, port])) as Record<AppName, number>;
      const name = `${app}-${replica}`;
      seats.push({
        name,
        app,
        url: `http://127.0.0.1:${port}`,
        cwd: path.join(ROOT, 'apps', app),
        env: environment(name, ports),
      });
    }
  }
  return seats;
}
