import type { Policy, QueueName } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { Budget, type LimitRow } from '../budget/budget.ts';
import { refusalCheck } from '../budget/health.ts';
import { owedCounter } from '../budget/owed.ts';
import { ChangeFeed } from '../change-feed/change-feed.ts';
import { keepPresence } from '../fleet/keep-presence.ts';
import { entryOfThisProcess, ProcessRegistry } from '../fleet/process-registry.ts';
import { Pauses } from '../jobs/pauses.ts';
import { Queues } from '../jobs/queues.ts';
import { WorkPauses } from '../jobs/work-pauses.ts';
import { type RunningWorker, startWorker, type WorkerSetup } from '../jobs/worker.ts';
import { AgentRegistry } from '../marketplace/agent-state/registry.ts';
import { type AgentCredentials, Agents } from '../marketplace/agents.ts';
import { Marketplace } from '../marketplace/marketplace.ts';
import { OpenWrites } from '../marketplace/open-writes.ts';
import { ReadLag } from '../marketplace/read-lag.ts';
import { Services } from '../marketplace/services.ts';
import { Reconciler } from '../reconcile/reconciler.ts';
import { HandlerLines } from '../record-store/handler-lines.ts';
import { RecordStore } from '../record-store/record-store.ts';
import { connectRedis } from '../redis/connection/connect.ts';
import type { RedisRole } from '../redis/connection/connection.ts';
import { type RedisKeys, redisKeys } from '../redis/keys.ts';
import { type Lock, withLock } from '../redis/lock/lock.ts';
import type { RedisMonitor, RedisTrouble } from '../redis/monitor/monitor.ts';
import { Spending } from '../spending/spending.ts';
import { describeError } from '../telemetry/failures.ts';
import { exportFleet } from '../telemetry/gauges/fleet-gauges.ts';
import type { Logger } from '../telemetry/logger.ts';
import { MarketplaceCalls } from '../telemetry/marketplace-calls.ts';
import { createMetrics, type Metrics, REDIS_UP } from '../telemetry/metrics.ts';
import { ScrapeLease } from '../telemetry/scrape-lease.ts';
import { closeServers } from './close-servers.ts';
import { baseChecks, workerCheck } from './health.ts';
import { listenOn } from './listening.ts';
import { createServer, type ReadinessCheck, type RequestOptions } from './server.ts';
import { type BaseSettings, budgetLimits, marketplaceAddress } from './settings.ts';
import { settledWithin } from './settled-within.ts';

/** The resources of an app. Each process builds them once, and closes them in reverse order. */
export interface Runtime {
  settings: BaseSettings;
  log: Logger;
  policy: Policy;
  agents: Agents;
  /** The fleet's state of its agents. */
  registry: AgentRegistry;
  /** The apps that run, on all hosts. */
  processes: ProcessRegistry;
  /** Commands wait while Redis is away. */
  redis: Redis;
  keys: RedisKeys;
  store: RecordStore;
  /** The last lines that handlers logged about each order. */
  handlerLines: HandlerLines;
  queues: Queues;
  workPauses: WorkPauses;
  budget: Budget;
  marketplace: Marketplace;
  openWrites: OpenWrites;
  readLag: ReadLag;
  spending: Spending;
  services: Services;
  reconciler: Reconciler;
  metrics: Metrics;
  /** The checks of `/readyz`. Apps add their own. */
  checks: Record<string, ReadinessCheck>;
  /** The workers that were started. */
  workers: readonly RunningWorker[];
  /** Aborted when the process is asked to stop. */
  stopping: AbortSignal;
  /** The trouble with Redis, known without asking Redis. Null: Redis answers and takes writes. */
  redisTrouble(): RedisTrouble | null;
  /** A connection of its own, closed with the rest. */
  openRedis(role: RedisRole): Redis;
  startWorker<Q extends QueueName>(
    setup: Pick<WorkerSetup<Q>, 'queue' | 'processors' | 'giveUp' | 'concurrency'>,
  ): RunningWorker;
  /**
   * Adds a check to `/readyz` that names refusals of these calls that outlast a window of the API
   * budget.
   */
  checkRefusals(...rows: LimitRow[]): void;
  /** Runs `work` while no other process runs work of the same name. See `withLock`. */
  locked<T>(name: string, ttlMs: number, work: (lock: Lock) => Promise<T>): Promise<T>;
  /**
   * Starts the HTTP server with health and the additions of `routes`. Listens on the `HOST` of the
   * settings unless `host` is given.
   */
  listen(
    port: number,
    routes?: (server: FastifyInstance) => void | Promise<void>,
    options?: RequestOptions & { host?: string },
  ): Promise<string>;
  /** Stops taking work, finishes running work within the grace period, and closes everything. */
  close(): Promise<void>;
}

/** The operator's configuration, as far as every app needs it. */
export interface Operator {
  agents: readonly AgentCredentials[];
  policy: Policy;
}

/** How long closing may take after the workers have stopped. */
const CLOSE_MS = 3000;

/** Connects to Redis, without a limit on the wait, and builds what every app needs. */
export async function createRuntime(
  settings: BaseSettings,
  operator: Operator,
  { app, log, stop = new AbortController() }: { app: string; log: Logger; stop?: AbortController },
): Promise<Runtime> {
  const calls = new MarketplaceCalls();
  const market = { ...marketplaceAddress(settings), fetchFor: (name: string) => calls.fetchFor(name) };
  const agents = new Agents(operator.agents, market, { log });
  const keys = redisKeys(settings.REDIS_KEY_PREFIX);
  const { REDIS_URL: url, REDIS_KEY_PREFIX: prefix } = settings;
  const access = await connectRedis({ url, prefix, keys, log }, stop.signal);
  const { redis, monitor } = access;
  const store = new RecordStore(redis, keys);
  const queues = new Queues(redis, keys.bull, log);
  const budget = new Budget(redis, keys, { egressId: settings.EGRESS_ID, limits: budgetLimits(settings) });
  const workPauses = new WorkPauses(redis, keys);
  const countOwed = owedCounter({ queues, store, workPauses, windowMs: budget.windowMs });
  const marketplace = new Marketplace(agents, budget, { countOwed, log });
  const spending = new Spending(redis, keys);
  const services = new Services(redis, keys, { marketplace, log });
  const readLag = new ReadLag(redis, keys);
  const { policy } = operator;
  const reconciler = new Reconciler({ store, queues, marketplace, services, readLag, policy, log });
  const leases = {
    fleet: new ScrapeLease(redis, keys.scrape('fleet')),
    egress: new ScrapeLease(redis, keys.scrape(`egress:${settings.EGRESS_ID}`)),
  };
  const metrics = createMetrics(app, {
    isRedisUp: () => monitor.trouble?.cause !== 'away',
    isExporter: (scope) => leases[scope].hold(),
  });
  calls.exportTo(metrics.own);
  exportRedis(metrics, monitor);
  const checks = baseChecks(access, agents, () => stop.signal.aborted);
  const registry = registerAgents(agents, new AgentRegistry(redis, keys), log);
  const workers: RunningWorker[] = [];
  const servers: FastifyInstance[] = [];
  const processes = new ProcessRegistry(redis, keys);
  const leave = keepPresence(processes, { entry: entryOfThisProcess(app), workers, log });
  const pauses = new Pauses(redis, keys, queues);
  const egress = settings.EGRESS_ID;
  const feed = new ChangeFeed(redis, keys);
  exportFleet(metrics, { store, feed, queues, pauses, workPauses, budget, egress, registry, readLag });

  return {
    settings,
    log,
    policy,
    agents,
    registry,
    processes,
    redis,
    keys,
    store,
    handlerLines: new HandlerLines(redis, keys),
    queues,
    workPauses,
    budget,
    marketplace,
    openWrites: new OpenWrites(redis, keys),
    readLag,
    spending,
    services,
    reconciler,
    metrics,
    checks,
    workers,
    stopping: stop.signal,
    redisTrouble: () => monitor.trouble,
    openRedis: access.open,
    startWorker(setup) {
      const lockMs = settings.JOB_LOCK_SECONDS * 1000;
      const canaries = queues.get(setup.queue);
      const isRedisError = (error: unknown) => monitor.report(error);
      const common = {
        connection: redis,
        prefix: keys.bull,
        canaries,
        workPauses,
        lockMs,
        log,
        metrics,
        isRedisError,
      };
      const worker = startWorker({ ...setup, ...common });
      workers.push(worker);
      checks[`worker ${setup.queue}`] = workerCheck(worker);
      return worker;
    },
    checkRefusals(...rows) {
      checks.marketplace = refusalCheck(budget, rows);
    },
    locked: (name, ttlMs, work) => withLock({ redis, keys }, { name, ttlMs }, work),
    async listen(port, routes, { host = settings.HOST, ...options } = {}) {
      const server = createServer({ log, metrics, checks, ...options });
      await routes?.(server);
      const portSetting = `${app.toUpperCase().replaceAll('-', '_')}_PORT`;
      const address = await listenOn(server, { port, host, portSetting });
      servers.push(server);
      log.info({ address }, `${app} listens`);
      return address;
    },
    async close() {
      stop.abort();
      const end = performance.now() + settings.SHUTDOWN_GRACE_SECONDS * 1000;
      await Promise.all(workers.map((worker) => worker.stop(end - performance.now())));
      await closeServers(servers, Math.max(0, end - performance.now()));
      // Redis may be away. A lease that is not released by then is dropped with its connection.
      const released = Promise.all(Object.values(leases).map((lease) => lease.release()));
      await settledWithin(Promise.allSettled([released, leave(), queues.close()]), CLOSE_MS);
      access.close();
    },
  };
}

/** Exports the two states of Redis that are known without asking Redis. */
function exportRedis(metrics: Metrics, monitor: RedisMonitor): void {
  metrics.ownGauge({ ...REDIS_UP, collect: (set) => set({}, monitor.trouble?.cause === 'away' ? 0 : 1) });
  metrics.ownGauge({
    name: 'fulfillment_redis_trouble',
    help: '1 while Redis is away or rejects writes, by cause',
    labels: ['cause'],
    collect: (set) => {
      const { trouble } = monitor;
      if (trouble !== null) set({ cause: trouble.cause }, 1);
    },
  });
}

/** Tells the registry which agents this process serves, and whose keys the marketplace rejects. */
function registerAgents(agents: Agents, registry: AgentRegistry, log: Logger): AgentRegistry {
  const note = (noted: Promise<void>): void => {
    noted.catch((error: unknown) =>
      log.warn({ reason: describeError(error) }, 'the state of an agent cannot be noted now'),
    );
  };
  agents.onKnown(({ name, id }) => note(registry.noteServed(name, id)));
  agents.onRejected(({ name, id }) => note(registry.noteRejected(name, id ?? null)));
  return registry;
}
