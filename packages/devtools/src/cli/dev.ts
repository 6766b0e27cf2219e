/**
 * `pnpm dev`: runs the sandbox marketplace and the four apps, and restarts each one when a file
 * that it uses changes.
 */
import path from 'node:path';
import {
  type App,
  addressOf,
  createLineShower,
  folderOf,
  onInterrupt,
  onPortsFrom,
  PRODUCT_APPS,
  ROOT,
  SANDBOX,
  selectApps,
  startProcess,
} from '@fulfillment/processes';
import { EXIT_CONFIGURATION } from '@fulfillment/shared';
import { devEnvironment } from '../dev/dev-environment.ts';
import { acquireDevRedis, runningDevRedis } from '../dev/dev-redis.ts';
import { type DevState, openDevState } from '../dev/dev-state.ts';
import { isPortFree } from '../ports.ts';
import { keepReloading, type Reloading } from '../reload/reloading.ts';
import { configurationFiles, sourceFoldersOf } from '../reload/sources.ts';
import { readOptions } from '../system/read-options.ts';

const ALL = [SANDBOX, ...PRODUCT_APPS];
const HIGHEST_PORT = 65_535;
const DEFAULT_CONFIGURATION = 'fulfillment.config.ts';

const HELP = `pnpm dev [--filter <app>]… [--fresh] [--port <number>] [--data <folder>]

Runs the sandbox marketplace, and the four apps against it. An app restarts when one of its source
files, the configuration file or a file imported by it changes. Settings for the real marketplace,
in .env or elsewhere, have no effect. The sandbox has no rate limits. SANDBOX_RATE_LIMIT=shared
sets those of the real marketplace. Redis is the one at REDIS_URL, if the environment sets it.
Otherwise all terminals share a private one. Orders and files stay in .data/dev for the next run.
Ctrl-C stops everything.

  --filter <app>   only this app, or all other apps with ! before the name (repeatable)
  --fresh          delete the orders and files of earlier runs
  --port <number>  port of the sandbox (4000). The apps use the next ports
  --data <folder>  folder of orders and files (.data/dev). With another folder and port, a second
                   pnpm dev runs beside this one
  --help           print this help

The apps:
${ALL.map((app) => `  ${app.name.padEnd(19)}${addressOf(app)}${app.path}`).join('\n')}`;

const log = (line: string) => console.log(line);
const OPTIONS = {
  filter: { type: 'string', multiple: true },
  fresh: { type: 'boolean' },
  port: { type: 'string', default: String(SANDBOX.port) },
  data: { type: 'string', default: path.join(ROOT, '.data', 'dev') },
  help: { type: 'boolean', short: 'h' },
} as const;
const values = readOptions('pnpm dev', OPTIONS, EXIT_CONFIGURATION);

if (values.help) {
  log(HELP);
} else {
  try {
    await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(EXIT_CONFIGURATION);
  }
}

/** Runs until interrupted. */
async function run(): Promise<void> {
  const all = onPortsFrom(portOf(values.port), ALL);
  const apps = selectApps(all, values.filter ?? []);
  await needFreePorts(apps);
  const state = await openState(path.resolve(values.data), values.fresh ?? false);
  const redis = await acquireDevRedis(log, state);
  const env = devEnvironment({ redisUrl: redis.url, state, apps: all });
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
