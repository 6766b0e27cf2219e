/** `pnpm start`: the four apps against the real marketplace, each started again when it ends unexpectedly. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  type App,
  addressOf,
  createLineShower,
  EXIT_CONFIGURATION,
  folderOf,
  onInterrupt,
  PRODUCT_APPS,
  ROOT,
  selectApps,
  startProcess,
} from '@fulfillment/processes';
import { FatalLines } from '../apps/fatal-lines.ts';
import { supervise } from '../apps/supervise.ts';
import { readOptions } from '../system/read-options.ts';

const HELP = `pnpm start [--filter <app>]…

Runs the ingestor, the generation worker, the delivery worker and the admin pages against the real marketplace. Settings come from
the environment and .env; ATELIER_API_KEY is the only one needed, and REDIS_URL unless Redis is on this machine. An app that ends
unexpectedly is started again, after 1 s at first and 30 s at most. Ctrl-C or SIGTERM: work in hand is finished, then all end.
Exits with 78 when the configuration is wrong.

  --filter <app>   only this app, or all but this one with ! before it; several times for several
  --help           print this

The apps: ${PRODUCT_APPS.map(({ name }) => name).join(', ')}`;

/** Time to close connections, on top of the time that work in hand has. */
const CLOSING_SECONDS = 5;
const DEFAULT_GRACE_SECONDS = 30;

const OPTIONS = {
  filter: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;
const values = readOptions('pnpm start', OPTIONS, EXIT_CONFIGURATION);
const log = (line: string) => console.error(line);

if (values.help) {
  console.log(HELP);
} else {
  try {
    process.exitCode = await run(selectApps(PRODUCT_APPS, values.filter ?? []));
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    process.exitCode = EXIT_CONFIGURATION;
  }
}

/** @returns the exit status. */
async function run(apps: readonly App[]): Promise<number> {
  const dotEnv = path.join(ROOT, '.env');
  if (existsSync(dotEnv)) process.loadEnvFile(dotEnv);
  const show = createLineShower();
  const fatal = new FatalLines();
  const stop = new AbortController();
  const supervised = apps.map((app) =>
    supervise({
      name: app.name,
      start: () => startApp(app, fatal.before(app.name, show)),
      log,
      stopping: stop.signal,
    }).then((end) => {
      stop.abort();
      return end;
    }),
  );
  onInterrupt(async () => {
    stop.abort();
    await Promise.all(supervised);
  }, 0);
  const ends = await Promise.all(supervised);
  if (!ends.includes('misconfigured')) return 0;
  log(`The configuration is wrong: everything is stopped.\n${fatal.lines().join('\n')}`);
  return EXIT_CONFIGURATION;
}

function startApp(app: App, onLine: (line: string) => void) {
  const grace = Number(process.env.SHUTDOWN_GRACE_SECONDS || DEFAULT_GRACE_SECONDS) + CLOSING_SECONDS;
  return startProcess({
    name: app.name,
    command: process.execPath,
    args: ['src/main.ts'],
    cwd: folderOf(app),
    env: process.env,
    readyUrl: `${addressOf(app)}/readyz`,
    onLine,
    graceMs: grace * 1000,
  });
}
