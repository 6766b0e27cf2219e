import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { acquireRedis, freePort, ProcessGroup, startProcess } from '@fulfillment/devtools';
import { createLogger, openRedis, Queues, RecordStore, redisKeys, untilReady } from '@fulfillment/platform';
import { AGENTS, type AgentName } from './agents.ts';
import { Sandbox } from './sandbox.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const APPS = ['ingestor', 'generation-worker', 'delivery-worker', 'admin'] as const;
export type AppName = (typeof APPS)[number];

/** The whole product as separate processes: Redis, the sandbox marketplace, and the four apps. */
export interface System {
  sandbox: Sandbox;
  store: RecordStore;
  queues: Queues;
  urls: Record<AppName | 'sandbox', string>;
  /** The agents' ids on the marketplace. */
  agentIds: Record<AgentName, string>;
  /** All that the product keeps in Redis, as one text. */
  everythingInRedis(): Promise<string>;
  /** What the apps printed, the last lines. */
  output(app: AppName): string;
  close(): Promise<void>;
}

export interface SystemOptions {
  /** Added to the apps' environment; an undefined value takes a default away. */
  env?: Record<string, string | undefined>;
  log?: (line: string) => void;
}

/** Starts everything and waits until all of it is ready. Whatever was started is stopped when this fails. */
export async function startSystem({ env = {}, log = () => undefined }: SystemOptions = {}): Promise<System> {
  const group = new ProcessGroup();
  const cleanups: (() => Promise<void> | void)[] = [() => group.stop()];
  const close = async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    const server = await acquireRedis({ log });
    cleanups.unshift(() => server.close());
    const folder = await mkdtemp(path.join(tmpdir(), 'fulfillment-'));
    cleanups.unshift(() => rm(folder, { recursive: true, force: true }));

    const ports = await portsFor([...APPS, 'sandbox']);
    const urls = Object.fromEntries(
      Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}`]),
    ) as System['urls'];
    const start = (name: string, variables: Record<string, string>) =>
      group.add(
        startProcess({
          name,
          command: process.execPath,
          args: ['src/main.ts'],
          cwd: path.join(ROOT, 'apps', name),
          env: variables,
          readyUrl: `${urls[name as AppName]}/readyz`,
        }),
      );

    const market = start('sandbox', {
      ...cleanEnvironment(),
      SANDBOX_PORT: String(ports.sandbox),
      SANDBOX_SEED_DEMO: 'false',
      LOG_LEVEL: 'warn',
    });
    await market.ready();
    const sandbox = new Sandbox(urls.sandbox);
    const agentIds = await registerAgents(sandbox);

    const prefix = `test-${process.pid}-${Date.now()}`;
    const appEnv = appEnvironment({ redisUrl: server.url, prefix, folder, urls, ports, env });
    const apps = Object.fromEntries(APPS.map((name) => [name, start(name, appEnv)]));
    await Promise.all(Object.values(apps).map((app) => app.ready()));
    await webhookHabits(sandbox, agentIds);

    const quiet = createLogger('tests', 'error');
    const redis = openRedis(server.url, 'worker', quiet);
    await untilReady(redis);
    const keys = redisKeys(prefix);
    const queues = new Queues(redis, keys.bull, quiet);
    cleanups.push(async () => {
      await queues.close();
      redis.disconnect();
    });
    return {
      sandbox,
      store: new RecordStore(redis, keys),
      queues,
      urls,
      agentIds,
      everythingInRedis: () => dump(redis, prefix),
      output: (app) => apps[app]?.output() ?? '',
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface AppEnvironment {
  redisUrl: string;
  prefix: string;
  folder: string;
  urls: System['urls'];
  ports: Record<string, number>;
  env: Record<string, string | undefined>;
}

function appEnvironment({
  redisUrl,
  prefix,
  folder,
  urls,
  ports,
  env,
}: AppEnvironment): Record<string, string> {
  const variables: Record<string, string | undefined> = {
    ...cleanEnvironment(),
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: prefix,
    ATELIER_BASE_URL: urls.sandbox,
    PUBLIC_URL: urls.ingestor,
    FULFILLMENT_CONFIG: path.join(ROOT, 'tests/src/scenarios.config.ts'),
    ARTIFACTS_DIR: path.join(folder, 'artifacts'),
    POLL_INTERVAL_SECONDS: '2',
    POLL_STRETCH_SECONDS: '2',
    SWEEP_INTERVAL_SECONDS: '1',
    BUDGET_WINDOW_SECONDS: '1',
    SHUTDOWN_GRACE_SECONDS: '3',
    LOG_LEVEL: 'info',
    ...Object.fromEntries(AGENTS.map(({ keyVariable, apiKey }) => [keyVariable, apiKey])),
    ...Object.fromEntries(
      APPS.map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_PORT`, String(ports[name])]),
    ),
    ...env,
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Every key of ours with its value. */
async function dump(redis: ReturnType<typeof openRedis>, prefix: string): Promise<string> {
  const keys = await redis.keys(`${prefix}:*`);
  const values = await Promise.all(
    keys.map(async (key) => {
      switch (await redis.type(key)) {
        case 'hash':
          return redis.hgetall(key);
        case 'list':
          return redis.lrange(key, 0, -1);
        case 'set':
          return redis.smembers(key);
        case 'zset':
          return redis.zrange(key, 0, -1);
        case 'stream':
          return redis.xrange(key, '-', '+');
        default:
          return redis.get(key);
      }
    }),
  );
  return JSON.stringify([keys, values]);
}

/** Our own environment without what configures the product: the machine's settings must not change a test. */
function cleanEnvironment(): Record<string, string> {
  const keep = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];
  return Object.fromEntries(
    keep.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

async function portsFor(names: readonly string[]): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const name of names) ports[name] = await freePort();
  return ports;
}

async function registerAgents(sandbox: Sandbox): Promise<System['agentIds']> {
  const ids: Partial<System['agentIds']> = {};
  for (const { name, apiKey } of AGENTS) {
    const agent = await sandbox.post<{ agent_id: string }>('/sandbox/agents', { name, api_key: apiKey });
    ids[name] = agent.agent_id;
  }
  return ids as System['agentIds'];
}

/** Silent never hears a webhook, noisy hears each three times and out of order. */
async function webhookHabits(sandbox: Sandbox, ids: System['agentIds']): Promise<void> {
  await sandbox.put('/sandbox/webhooks', { agent_id: ids.silent, enabled: false });
  await sandbox.put('/sandbox/webhooks', { agent_id: ids.noisy, repeat: 3, reorder_ms: 400 });
}
