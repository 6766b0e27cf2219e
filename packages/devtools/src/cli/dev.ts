/**
 * `pnpm dev`: runs the sandbox marketplace and the four apps, and restarts each one when a file
 * that it uses changes.
 */
import path from 'node:path';
import {
  type App,
  addressOf,
  collect,
  createCommand,
  createLineShower,
  folderOf,
  onInterrupt,
  onPortsFrom,
  PRODUCT_APPS,
  ROOT,
  runCommand,
  SANDBOX,
  selectApps,
  startProcess,
} from '@fulfillment/processes';
import { EXIT_CONFIGURATION } from '@fulfillment/shared';
import { devEnvironment } from '../dev/dev-environment.ts';
import { acquireDevRedis, runningDevRedis } from '../dev/dev-redis.ts';
import { type DevState, openDevState } from '../dev/dev-state.ts';
import { type ExampleSeed, seededEnvironment, writeExampleShop } from '../dev/example-shop.ts';
import { isPortFree } from '../ports.ts';
import { keepReloading, type Reloading } from '../reload/reloading.ts';
import { configurationFiles, sourceFoldersOf } from '../reload/sources.ts';

const ALL = [SANDBOX, ...PRODUCT_APPS];
const HIGHEST_PORT = 65_535;
const DEFAULT_CONFIGURATION = 'fulfillment.config.ts';

const log = (line: string) => console.log(line);

const command = createCommand('pnpm dev')
  .description(
    'Runs the sandbox marketplace, and the four apps against it. An app restarts when one of its source files, the configuration file or a file imported by it changes. The generation worker loads changed handlers without a restart. After a change of the policy, start pnpm dev again. Settings for the real marketplace, in .env or elsewhere, have no effect. The sandbox has no rate limits. SANDBOX_RATE_LIMIT=shared sets those of the real marketplace. Redis is the one at REDIS_URL, if the environment sets it. Otherwise all terminals share a private one. Orders and files stay in .data/dev for the next run. Ctrl-C stops everything.',
  )
  .option('--filter <app>', 'only this app, or all other apps with ! before the name (repeatable)', collect)
  .option('--fresh', 'delete the orders and files of earlier runs', false)
  .option(
    '--seed <orders>',
    'start over with an example shop of this many orders over three agents. 300 show every case',
  )
  .option('--port <number>', 'port of the sandbox. The apps use the next ports', String(SANDBOX.port))
  .option(
    '--data <folder>',
    'folder of orders and files. With another folder and port, a second pnpm dev runs beside this one',
    path.join(ROOT, '.data', 'dev'),
  )
  .addHelpText(
    'after',
    `
The apps:
${ALL.map((app) => `  ${app.name.padEnd(19)}${addressOf(app)}${app.path}`).join('\n')}

Exit codes:
  0   stopped by Ctrl-C
  2   wrong options
  78  a setup that cannot run`,
  )
  .action(async (options) => {
    try {
      await run(options);
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      process.exit(EXIT_CONFIGURATION);
    }
  });
await runCommand(command);

interface DevOptions {
  filter?: readonly string[] | undefined;
  fresh: boolean;
  seed?: string | undefined;
  port: string;
  data: string;
}

/** Runs until interrupted. */
async function run({ filter = [], fresh, seed: orders, port, data }: DevOptions): Promise<void> {
  const all = onPortsFrom(portOf(port), ALL);
  const apps = selectApps(all, filter);
  await needFreePorts(apps);
  const seed = orders === undefined ? null : seedOf(orders);
  const state = await openState(path.resolve(data), fresh || seed !== null);
  const redis = await acquireDevRedis(log, state);
  const plain = devEnvironment({ redisUrl: redis.url, state, apps: all });
  const env = seed === null ? plain : { ...plain, ...seededEnvironment(seed) };
  if (seed !== null) await writeExampleShop(seed, env);
  const show = createLineShower();
  const running = apps.map((app) => keepApp(app, env, show));
  onInterrupt(async () => {
    log('Stopping …');
    await Promise.all(running.map((app) => app.stop()));
    await redis.close();
  }, 0);
  const states = await Promise.all(running.map(stateOf));
  const rows = apps.map((app, index) =>
    `  ${app.name.padEnd(19)}${`${addressOf(app)}${app.path}`.padEnd(31)}${app.page.padEnd(28)}${states[index]}`.trimEnd(),
  );
  log(
    `\n${rows.join('\n')}\n\nAn app starts again when a file of it, or the configuration, changes. Ctrl-C ends everything.\n`,
  );
  await Promise.all(running.map(({ ended }) => ended));
}

function seedOf(text: string): ExampleSeed {
  const orders = Number(text);
  if (Number.isInteger(orders) && orders > 0) return { orders, now: Date.now() };
  throw new Error(`--seed takes a number of orders, not "${text}".`);
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= HIGHEST_PORT - ALL.length) return port;
  throw new Error(`--port takes a number up to ${HIGHEST_PORT - ALL.length}, not "${text}".`);
}

async function openState(folder: string, isFresh: boolean): Promise<DevState> {
  const state = await openDevState(false, folder);
  if (!isFresh) return state;
  if ((await runningDevRedis(state.redisNote)) !== null) {
    throw new Error(
      '--fresh forgets the orders of the pnpm dev that runs in another terminal: stop that one first.',
    );
  }
  return openDevState(true, folder);
}

function keepApp(app: App, env: NodeJS.ProcessEnv, onLine: (line: string) => void): Reloading {
  const folders = sourceFoldersOf(app.name);
  return keepReloading({
    name: app.name,
    log,
    // It runs the handlers in processes of their own, and replaces those.
    isReloadedBySignal: app.name === 'generation-worker' && env.HANDLER_ISOLATION !== 'none',
    watched: () => ({
      folders,
      files:
        app.name === SANDBOX.name ? [] : configurationFiles(env.FULFILLMENT_CONFIG || DEFAULT_CONFIGURATION),
    }),
    start: () =>
      startProcess({
        name: app.name,
        command: process.execPath,
        args: ['src/main.ts'],
        cwd: folderOf(app),
        env,
        readyUrl: `${addressOf(app)}/readyz`,
        onLine,
      }),
  });
}

/** An app that cannot start now may start after a fix of its file. */
function stateOf({ ready }: Reloading): Promise<string> {
  return ready.then(
    () => '',
    () => 'NOT READY: see above',
  );
}

async function needFreePorts(apps: readonly App[]): Promise<void> {
  const free = await Promise.all(apps.map(({ port }) => isPortFree(port)));
  const taken = apps.filter((_app, index) => !free[index]);
  if (taken.length === 0) return;
  const [first] = taken;
  throw new Error(
    [
      ...taken.map(
        ({ name, port }) => `Port ${port} of ${name} is in use: is it running in another terminal?`,
      ),
      `Stop that one, take other ports with --port, or leave the app out here: pnpm dev --filter '!${first?.name}'`,
    ].join('\n'),
  );
}
