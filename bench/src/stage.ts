import path from 'node:path';
import { AtelierClient } from '@atelier-ai/sdk';
import { freePort, isRedisAlive, requireRedisProgram } from '@fulfillment/devtools';
import {
  NODE_OPTIONS,
  ProcessGroup,
  type RunningProcess,
  startProcess,
  temporaryFolder,
  waitFor,
} from '@fulfillment/processes';
import { AGENTS } from '@fulfillment/tests/harness/agents';
import { APPS, type AppName, appEnvironment, ROOT } from '@fulfillment/tests/harness/environment';
import { type Market, startMarket } from '@fulfillment/tests/harness/market';
import { openRedisView, type RedisView } from '@fulfillment/tests/harness/redis-view';

/**
 * A private Redis with its file, as in production, and a marketplace. A measure starts its programs
 * beside them.
 */
export interface Stage extends AsyncDisposable {
  market: Market;
  /** The selling agent. */
  agentId: string;
  redisUrl: string;
  prefix: string;
  view: RedisView;
  /** Memory that Redis uses, in bytes. */
  usedMemory(): Promise<number>;
  /** The processes of Redis, the apps and the programs, without the marketplace. */
  pids(): number[];
  /** Starts an app of the product. */
  app(name: AppName, env?: Record<string, string>): Promise<RunningApp>;
  /** Starts all apps in one process, as `pnpm start --single` does. */
  single(): Promise<Pick<RunningApp, 'startedInMs' | 'process'>>;
  /**
   * Starts any program under Node.
   * @param readyUrl the address that answers once the program is ready. Without it, the program is
   * ready at once.
   */
  program(file: string, env: Record<string, string>, readyUrl?: string): Promise<RunningProcess>;
  /**
   * Directs the agent's webhooks to a program.
   * @returns the secret that signs them.
   */
  sendWebhooksTo(endpoint: string): Promise<string>;
}

export interface RunningApp {
  name: AppName;
  url: string;
  /** The time from its start until it was ready, in ms. */
  startedInMs: number;
  process: RunningProcess;
}

/** The settings of every measured app: no limits except those that a measure sets. */
const ENVIRONMENT = {
  FULFILLMENT_CONFIG: path.join(import.meta.dirname, 'bench.config.ts'),
  POLL_INTERVAL_SECONDS: '60',
  POLL_STRETCH_SECONDS: '60',
  SWEEP_INTERVAL_SECONDS: '15',
  LOG_LEVEL: 'info',
  HANDLER_ISOLATION: 'process',
};

/** @param env for every app. An undefined value removes a setting. */
export async function openStage(env: Record<string, string | undefined> = {}): Promise<Stage> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    const folder = await temporaryFolder('bench');
    cleanups.push(() => folder.remove());
    const group = new ProcessGroup();
    cleanups.push(() => group.stop());
    const measured: RunningProcess[] = [];
    const add = (started: RunningProcess): RunningProcess => {
      measured.push(started);
      return group.add(started);
    };
    const redisUrl = await startRedis(add, folder.path);
    const market = await startMarket(group);
    const prefix = 'bench';
    const view = await openRedisView(redisUrl, prefix);
    cleanups.push(() => view.close());
    const publicPort = await freePort();

    const app = async (name: AppName, more: Record<string, string> = {}): Promise<RunningApp> => {
      const port = name === 'ingestor' ? publicPort : await freePort();
      const ports = Object.fromEntries(APPS.map((each) => [each, port])) as Record<AppName, number>;
      const variables = appEnvironment({
        redisUrl,
        prefix,
        folder: folder.path,
        marketUrl: market.url,
        publicUrl: `http://127.0.0.1:${publicPort}`,
        ports,
        env: { ...ENVIRONMENT, ...env, ...more },
      });
      const url = `http://127.0.0.1:${port}`;
      const begun = performance.now();
      const running = add(
        startProcess({
          name,
          command: process.execPath,
          args: [...NODE_OPTIONS, 'src/main.ts'],
          cwd: path.join(ROOT, 'apps', name),
          env: variables,
          readyUrl: `${url}/readyz`,
        }),
      );
      await running.ready();
      const startedInMs = performance.now() - begun;
      if (name === 'ingestor' && variables.PUBLIC_URL !== undefined) await isToldOfWebhooks(market, url);
      return { name, url, startedInMs, process: running };
    };
    const single = async () => {
      const ports: Partial<Record<AppName, number>> = {};
      for (const name of APPS) ports[name] = await freePort();
      const urls = Object.values(ports).map((port) => `http://127.0.0.1:${port}/readyz`);
      const begun = performance.now();
      const running = add(
        startProcess({
          name: 'single',
          command: process.execPath,
          args: [...NODE_OPTIONS, path.join(ROOT, 'packages/cli/src/start/single.ts'), ...APPS],
          cwd: ROOT,
          env: appEnvironment({
            redisUrl,
            prefix,
            folder: folder.path,
            marketUrl: market.url,
            publicUrl: `http://127.0.0.1:${ports.ingestor}`,
            ports: ports as Record<AppName, number>,
            env: { ...ENVIRONMENT, ...env },
          }),
          readyUrl: async () => (await Promise.all(urls.map(isReady))).every(Boolean),
        }),
      );
      await running.ready();
      return { startedInMs: performance.now() - begun, process: running };
    };
    const program = async (file: string, variables: Record<string, string>, readyUrl?: string) => {
      const running = add(
        startProcess({
          name: path.basename(file),
          command: process.execPath,
          args: [file],
          cwd: folder.path,
          env: { PATH: process.env.PATH, ...variables },
          readyUrl: readyUrl ?? (() => Promise.resolve(true)),
        }),
      );
      await running.ready();
      return running;
    };
    return {
      market,
      agentId: market.agentIds.studio,
      redisUrl,
      prefix,
      view,
      usedMemory: () => view.usedMemory(),
      pids: () => measured.flatMap(({ pid }) => pid ?? []),
      app,
      single,
      program,
      async sendWebhooksTo(endpoint) {
        const client = new AtelierClient({ apiKey: AGENTS[0].apiKey, baseUrl: market.url });
        const { webhook_secret: secret } = await client.agents.update({ endpoint_url: endpoint });
        if (secret === null) throw new Error('The marketplace gives no webhook secret.');
        return secret;
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/**
 * Waits until the marketplace sends webhooks to this address. The marketplace sends no webhook
 * about an order that was placed earlier.
 */
async function isToldOfWebhooks(market: Market, url: string): Promise<void> {
  const client = new AtelierClient({ apiKey: AGENTS[0].apiKey, baseUrl: market.url });
  await waitFor(
    'the marketplace to know where webhooks go',
    async () => (await client.agents.me()).endpoint_url?.startsWith(`${url}/`) || null,
  );
}

async function startRedis(add: (started: RunningProcess) => RunningProcess, folder: string): Promise<string> {
  const program = await requireRedisProgram(console.log);
  const port = await freePort();
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
  };
  const server = add(
    startProcess({
      name: 'redis',
      command: program,
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
      cwd: folder,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      readyUrl: () => isRedisAlive(port),
    }),
  );
  await server.ready();
  return `redis://127.0.0.1:${port}`;
}
