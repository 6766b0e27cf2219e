import { flushCompileCache } from 'node:module';
import {
  ConfigurationError,
  cutText,
  EXIT_CONFIGURATION,
  keepSecret,
  secretsIn,
  withoutSecrets,
} from '@fulfillment/shared';
import type { z } from 'zod';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { watchLiveness } from './liveness.ts';
import { loadDotEnv, readSettings, workspaceRoot } from './read-settings.ts';
import { createRuntime, type Operator, type Runtime } from './runtime.ts';
import type { BaseSettings } from './settings.ts';
import { serveWhileWaiting } from './waiting-server.ts';

/** The parts of an app. */
export interface AppDefinition<S extends BaseSettings, O extends Operator> {
  name: string;
  settings: z.ZodObject & z.ZodType<S>;
  /** The port of the app's HTTP server. */
  port: (settings: S) => number;
  /** Reads the operator's configuration. */
  configure: (settings: S) => Promise<O>;
  /**
   * The app runs on even if the marketplace rejects the key of every agent, because it still has
   * something to show.
   */
  runsWithoutAgents?: true;
  /** Starts the app's workers and server. The runtime stops what the app starts through it. */
  start: (runtime: Runtime, settings: S, operator: O) => Promise<void>;
}

/** In UTF-16 units. */
const LONGEST_CONFIGURATION_ERROR = 4000;

/**
 * Runs an app as a process until SIGTERM or SIGINT: settings, configuration, Redis, agents, then
 * `start`. A second signal ends the process at once. The process exits with 0 after a stop, with 78
 * when the configuration is wrong, and with 1 for any other error.
 */
export async function runApp<S extends BaseSettings, O extends Operator>(
  app: AppDefinition<S, O>,
): Promise<void> {
  let log = createLogger(app.name, 'info');
  const stop = new AbortController();
  try {
    const root = workspaceRoot();
    process.chdir(root);
    loadDotEnv(root);
    keepSecret(...secretsIn(process.env));
    const settings: S = readSettings(app.settings);
    log = createLogger(app.name, settings.LOG_LEVEL);
    exitOnFault(log);
    const signalled = untilSignal(log, stop);
    const operator = await app.configure(settings);
    const { HOST: host, REDIS_URL: redisUrl } = settings;
    const stopServing = serveWhileWaiting({ app: app.name, host, port: app.port(settings), redisUrl, log });
    const runtime = await Promise.race([
      createRuntime(settings, operator, { app: app.name, log, stop }),
      signalled,
    ]);
    await stopServing();
    if (runtime === 'stop') process.exit(0);
    await run(app, { runtime, start: () => app.start(runtime, settings, operator), signalled });
    log.info('stopped');
    process.exit(0);
  } catch (error) {
    const isConfiguration = error instanceof ConfigurationError;
    // Log all of it: each line says what to correct.
    if (isConfiguration) log.fatal(cutText(withoutSecrets(error.message), LONGEST_CONFIGURATION_ERROR));
    else log.fatal({ err: error }, 'cannot run');
    log.flush(() => process.exit(isConfiguration ? EXIT_CONFIGURATION : 1));
  }
}

async function run(
  app: { runsWithoutAgents?: true },
  { runtime, start, signalled }: { runtime: Runtime; start: () => Promise<void>; signalled: Promise<'stop'> },
): Promise<void> {
  const stuckAfterMs = runtime.settings.STUCK_AFTER_SECONDS * 1000;
  const watch = watchLiveness(runtime, { stuckAfterMs }, (reason) => {
    runtime.log.fatal({ reason }, 'stuck: ending the process');
    runtime.log.flush(() => process.exit(1));
  });
  try {
    const identified = runtime.agents.identify(runtime.stopping, {
      mustServe: app.runsWithoutAgents !== true,
    });
    const running = Promise.all([identified, start()]);
    const ended = running.then(() => {
      // A process that is killed would not write its compiled modules.
      flushCompileCache();
      return signalled;
    });
    await Promise.race([ended, signalled]);
  } finally {
    await runtime.close();
    watch.stop();
  }
}

/** Resolves at the first signal. The second signal ends the process at once. */
function untilSignal(log: Logger, stop: AbortController): Promise<'stop'> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      if (stop.signal.aborted) process.exit(1);
      log.info({ signal }, 'stopping: finishing the running jobs');
      stop.abort();
      resolve('stop');
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
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
