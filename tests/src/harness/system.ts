import path from 'node:path';
import { acquireRedis, freePort } from '@fulfillment/devtools';
import { ProcessGroup, type ProcessOptions, startProcess, temporaryFolder } from '@fulfillment/processes';
import { APPS, type AppName, appEnvironment, ROOT } from './environment.ts';
import { giveHabits, type Market, startMarket } from './market.ts';
import { openRedisView, type RedisView } from './redis-view.ts';

/**
 * The whole product: Redis, the sandbox marketplace, and the four apps, in four processes or all in
 * one.
 */
export interface System
  extends Pick<Market, 'sandbox' | 'agentIds'>,
    Pick<RedisView, 'redis' | 'keys' | 'store' | 'queues'> {
  urls: Record<AppName | 'sandbox', string>;
  /** The services of the sandbox by agent, title and prices. Each is created once. */
  serviceIds: Map<string, Promise<string>>;
  /** All data of the product in Redis, as one text. */
  everythingInRedis(): Promise<string>;
  /** Removes everything from Redis. Only for the test's own Redis. */
  emptyRedis(): Promise<void>;
  /** Stops an app in order, until `start` starts it again. Not for apps in one process. */
  stop(app: AppName): Promise<void>;
  start(app: AppName): Promise<void>;
  /** Sends a signal to an app's process. */
  signal(app: AppName, signal: NodeJS.Signals): void;
  /** The last lines that an app's process printed. */
  output(app: AppName): string;
  close(): Promise<void>;
}

export interface SystemOptions {
  /** Added to the apps' environment. An undefined value removes a default. */
  env?: Record<string, string | undefined>;
  /** The test's own Redis, in place of the Redis that all tests share. */
  redisUrl?: string;
  /** The apps run in one process, under `pnpm start --single`. */
  single?: boolean;
  log?: (line: string) => void;
}

/** Starts everything and waits until all of it is ready. A failure stops every started part. */
export async function startSystem({
  env = {},
  redisUrl,
  single = false,
  log = () => undefined,
}: SystemOptions = {}): Promise<System> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    const folder = await temporaryFolder('fulfillment');
    cleanups.push(() => folder.remove());
    const redis =
      redisUrl === undefined ? await acquireRedis({ log }) : { url: redisUrl, close: async () => undefined };
    cleanups.push(() => redis.close());
    const group = new ProcessGroup();
    cleanups.push(() => group.stop());

    const market = await startMarket(group);
    const ports = await portsOfApps();
    const urls = {
      ...(Object.fromEntries(APPS.map((name) => [name, `http://127.0.0.1:${ports[name]}`])) as Record<
        AppName,
        string
      >),
      sandbox: market.url,
    };
    const prefix = `test-${process.pid}-${Date.now()}`;
    const variables = appEnvironment({
      redisUrl: redis.url,
      prefix,
      folder: folder.path,
      marketUrl: market.url,
      publicUrl: urls.ingestor,
      ports,
      env,
    });
    const begin = (names: readonly AppName[]) =>
      group.add(startProcess(processOf(names, { urls, env: variables })));
    const started = (single ? [APPS] : APPS.map((name) => [name])).map(begin);
    await Promise.all(started.map((one) => one.ready()));
    await giveHabits(market);

    const view = await openRedisView(redis.url, prefix);
    cleanups.push(() => view.close());
    return {
      sandbox: market.sandbox,
      agentIds: market.agentIds,
      redis: view.redis,
      keys: view.keys,
      store: view.store,
      queues: view.queues,
      urls,
      serviceIds: new Map(),
      everythingInRedis: () => view.everything(),
      emptyRedis: () => view.empty(),
      stop: async (name) => started[APPS.indexOf(name)]?.stop(),
      async start(name) {
        const again = begin([name]);
        started[APPS.indexOf(name)] = again;
        await again.ready();
      },
      signal: (name, signal) => void started[APPS.indexOf(name)]?.kill(signal),
      output: (name) => started[single ? 0 : APPS.indexOf(name)]?.output() ?? '',
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** How the process of one app, or of all apps, is started. */
function processOf(
  names: readonly AppName[],
  { urls, env }: { urls: Record<AppName, string>; env: Record<string, string> },
): ProcessOptions {
  const [name = ''] = names;
  const common = { command: process.execPath, env, readyUrl: () => areReady(names.map((one) => urls[one])) };
  return names.length === 1
    ? { ...common, name, args: ['src/main.ts'], cwd: path.join(ROOT, 'apps', name) }
    : { ...common, name: 'single', args: ['packages/cli/src/aliases/start.ts', '--single'], cwd: ROOT };
}

async function areReady(urls: readonly string[]): Promise<boolean> {
  const answers = urls.map((url) =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return (await Promise.all(answers)).every(Boolean);
}

async function portsOfApps(): Promise<Record<AppName, number>> {
  const ports: Partial<Record<AppName, number>> = {};
  for (const name of APPS) ports[name] = await freePort();
  return ports as Record<AppName, number>;
}
