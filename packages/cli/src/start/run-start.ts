/**
 * Runs the four apps against the real marketplace, and starts an app again when it ends
 * unexpectedly.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  type App,
  addressOf,
  createLineShower,
  folderOf,
  onInterrupt,
  PRODUCT_APPS,
  ROOT,
  selectApps,
  startProcess,
} from '@fulfillment/processes';
import { EXIT_CONFIGURATION } from '@fulfillment/shared';
import { FatalLines } from './fatal-lines.ts';
import { supervise } from './supervise.ts';

/** The time to close connections, in addition to the time for the current work. */
const CLOSING_SECONDS = 5;
const DEFAULT_GRACE_SECONDS = 30;

/**
 * Runs until the process receives a signal to end, or an app finds its configuration wrong.
 * @param filters select the apps. See `selectApps`.
 * @returns the exit status.
 */
export async function runStart(filters: readonly string[]): Promise<number> {
  try {
    return await runApps(selectApps(PRODUCT_APPS, filters));
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    return EXIT_CONFIGURATION;
  }
}

async function runApps(apps: readonly App[]): Promise<number> {
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

function log(line: string): void {
  console.error(line);
}
