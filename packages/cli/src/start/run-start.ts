/**
 * Runs the four apps against the real marketplace, each in a process of its own or all in one.
 * Starts a process again when it ends unexpectedly.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  type App,
  addressOf,
  createLineShower,
  folderOf,
  NODE_OPTIONS,
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
 * @param filter selects the apps. See `selectApps`.
 * @param single runs all apps in one process.
 * @returns the exit status.
 */
export async function runStart({ filter, single }: StartOptions): Promise<number> {
  try {
    const apps = selectApps(PRODUCT_APPS, filter);
    return await runProcesses(single && apps.length > 0 ? [inOneProcess(apps)] : apps.map(inOwnProcess));
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    return EXIT_CONFIGURATION;
  }
}

interface StartOptions {
  filter: readonly string[];
  single: boolean;
}

/** A process with one or more apps. */
interface AppProcess {
  name: string;
  /** The program with its arguments, and its working directory. */
  args: readonly string[];
  cwd: string;
  readyUrl: string;
}

function inOwnProcess(app: App): AppProcess {
  return { name: app.name, args: ['src/main.ts'], cwd: folderOf(app), readyUrl: readyUrlOf(app) };
}

function inOneProcess(apps: readonly App[]): AppProcess {
  const program = path.join(import.meta.dirname, 'single.ts');
  const args = [program, ...apps.map(({ name }) => name)];
  return { name: 'fulfillment', args, cwd: ROOT, readyUrl: apps.map(readyUrlOf).at(-1) ?? '' };
}

function readyUrlOf(app: App): string {
  return `${addressOf(app)}/readyz`;
}

async function runProcesses(processes: readonly AppProcess[]): Promise<number> {
  const dotEnv = path.join(ROOT, '.env');
  if (existsSync(dotEnv)) process.loadEnvFile(dotEnv);
  const show = createLineShower();
  const fatal = new FatalLines();
  const stop = new AbortController();
  const supervised = processes.map((one) =>
    supervise({
      name: one.name,
      start: () => start(one, fatal.before(one.name, show)),
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

function start(one: AppProcess, onLine: (line: string) => void) {
  const grace = Number(process.env.SHUTDOWN_GRACE_SECONDS || DEFAULT_GRACE_SECONDS) + CLOSING_SECONDS;
  return startProcess({
    ...one,
    command: process.execPath,
    args: [...NODE_OPTIONS, ...one.args],
    env: process.env,
    onLine,
    graceMs: grace * 1000,
  });
}

function log(line: string): void {
  console.error(line);
}
