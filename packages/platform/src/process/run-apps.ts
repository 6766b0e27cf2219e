import { flushCompileCache } from 'node:module';
import {
  ConfigurationError,
  cutText,
  EXIT_CONFIGURATION,
  keepSecret,
  secretsIn,
  withoutSecrets,
} from '@fulfillment/shared';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import type { App, AppHost } from './define-app.ts';
import { guardEventLoop } from './liveness.ts';
import { loadDotEnv, workspaceRoot } from './read-settings.ts';

/** In UTF-16 units. */
const LONGEST_CONFIGURATION_ERROR = 4000;

/**
 * Runs apps in this process until SIGTERM or SIGINT. A second signal ends the process at once. The
 * process exits with 0 after a stop, with 78 when the configuration is wrong, and with 1 for any
 * other error. Each app has its own connections, workers, server and health. An app that cannot go
 * on ends the process, and so all apps in it.
 */
export async function runApps(apps: readonly App[]): Promise<void> {
  let log = createLogger(apps.map(({ name }) => name).join('+'), 'info');
  const stop = new AbortController();
  let isGuarded = false;
  let starting = apps.length;
  const host: AppHost = {
    stop,
    end: (ofApp) => ofApp.flush(() => process.exit(1)),
    onSettings(settings, ofApp) {
      // All apps read the same value of these settings.
      if (isGuarded) return;
      isGuarded = true;
      log = apps.length === 1 ? ofApp : log;
      log.level = settings.LOG_LEVEL;
      exitOnFault(log);
      onSignal(log, stop);
      guardEventLoop(settings.STUCK_AFTER_SECONDS * 1000, log);
    },
    onStarted() {
      starting -= 1;
      // A process that is killed would not write its compiled modules.
      if (starting === 0) flushCompileCache();
    },
  };
  try {
    const root = workspaceRoot();
    process.chdir(root);
    loadDotEnv(root);
    keepSecret(...secretsIn(process.env));
    await runAll(apps, host);
    process.exit(0);
  } catch (error) {
    const isConfiguration = error instanceof ConfigurationError;
    // Log all of it: each line says what to correct.
    if (isConfiguration) log.fatal(cutText(withoutSecrets(error.message), LONGEST_CONFIGURATION_ERROR));
    else log.fatal({ err: error }, 'cannot run');
    log.flush(() => process.exit(isConfiguration ? EXIT_CONFIGURATION : 1));
  }
}

/**
 * Runs the apps until all have ended. If one fails, the others finish their running jobs.
 * @throws the error of the first app that failed.
 */
async function runAll(apps: readonly App[], host: AppHost): Promise<void> {
  const failures: unknown[] = [];
  const runs = apps.map((app) =>
    app.run(host).catch((error: unknown) => {
      failures.push(error);
      host.stop.abort();
    }),
  );
  await Promise.all(runs);
  if (failures.length > 0) throw failures[0];
}

/**
 * The first signal stops the apps. The second signal ends the process at once. The apps may stop
 * already, because one of them failed. The first signal must not cut their running jobs off then.
 */
function onSignal(log: Logger, stop: AbortController): void {
  let isSecond = false;
  const handle = (signal: NodeJS.Signals) => {
    if (isSecond) process.exit(1);
    isSecond = true;
    log.info({ signal }, 'stopping: finishing the running jobs');
    stop.abort();
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}

/**
 * An unhandled error leaves the process in an unknown state. End the process, and its supervisor
 * restarts it.
 */
function exitOnFault(log: Logger): void {
  const fault = (err: unknown) => {
    log.fatal({ err }, 'unexpected error: ending the process');
    log.flush(() => process.exit(1));
  };
  process.on('uncaughtException', fault);
  process.on('unhandledRejection', fault);
}
