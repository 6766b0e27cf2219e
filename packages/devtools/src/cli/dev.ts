/** `pnpm dev`: the sandbox marketplace and the four apps, each started again when a file that it uses changes. */
import { type App, addressOf, folderOf, PRODUCT_APPS, SANDBOX } from '../apps/apps.ts';
import { devEnvironment } from '../apps/dev-environment.ts';
import { acquireDevRedis } from '../apps/dev-redis.ts';
import { selectApps } from '../apps/select-apps.ts';
import { createLineShower } from '../apps/show-lines.ts';
import { EXIT_CONFIGURATION } from '../apps/supervise.ts';
import { isPortFree } from '../ports.ts';
import { ProcessGroup } from '../processes/process-group.ts';
import { type RunningProcess, startProcess } from '../processes/start-process.ts';
import { onInterrupt } from '../system/interrupts.ts';
import { readOptions } from '../system/read-options.ts';

const APPS = [SANDBOX, ...PRODUCT_APPS];

const HELP = `pnpm dev [--filter <app>]…

Runs the sandbox marketplace and the four apps against it; each starts again when a file that it uses changes, also the
configuration file. Settings for the real marketplace, in .env or elsewhere, are not used. Redis: REDIS_URL when it is set in the
environment, else a private one, which several pnpm dev in several terminals share. Ctrl-C ends everything.

  --filter <app>   only this app, or all but this one with ! before it; several times for several
  --help           print this

The apps:
${APPS.map((app) => `  ${app.name.padEnd(19)}${addressOf(app)}${app.path}`).join('\n')}`;

const log = (line: string) => console.log(line);
const OPTIONS = {
  filter: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;
const values = readOptions('pnpm dev', OPTIONS, EXIT_CONFIGURATION);

if (values.help) {
  log(HELP);
} else {
  try {
    await run(selectApps(APPS, values.filter ?? []));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

/** Runs until interrupted. */
async function run(apps: readonly App[]): Promise<void> {
  await needFreePorts(apps);
  const redis = await acquireDevRedis(log);
  const group = new ProcessGroup();
  onInterrupt(async () => {
    log('Stopping …');
    await group.stop();
    await redis.close();
  }, 0);
  const env = devEnvironment(redis.url);
  const show = createLineShower();
  const running = apps.map((app) => group.add(startApp(app, env, show)));
  const states = await Promise.all(running.map(stateOf));
  const rows = apps.map((app, index) =>
    `  ${app.name.padEnd(19)}${`${addressOf(app)}${app.path}`.padEnd(31)}${app.page.padEnd(28)}${states[index]}`.trimEnd(),
  );
  log(`\n${rows.join('\n')}\n\nChanged files are taken up by themselves. Ctrl-C ends everything.\n`);
  await Promise.all(running.map(({ exited }) => exited));
}

function startApp(app: App, env: NodeJS.ProcessEnv, onLine: (line: string) => void): RunningProcess {
  return startProcess({
    name: app.name,
    command: process.execPath,
    args: ['--watch', '--watch-preserve-output', 'src/main.ts'],
    cwd: folderOf(app),
    env,
    readyUrl: `${addressOf(app)}/readyz`,
    onLine,
  });
}

/** An app that cannot start now may start when its file is mended. */
function stateOf(running: RunningProcess): Promise<string> {
  return running.ready().then(
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
      `Stop that one, or leave the app out here: pnpm dev --filter '!${first?.name}'`,
    ].join('\n'),
  );
}
