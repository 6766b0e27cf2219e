import type { z } from 'zod';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { watchLiveness } from './liveness.ts';
import { readSettings } from './read-settings.ts';
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

/** The process in which an app runs, alone or beside other apps. */
export interface AppHost {
  /** Aborted when the process must stop. */
  stop: AbortController;
  /** Ends the process at once, because an app cannot go on. */
  end(log: Logger): void;
  /** Receives the settings of an app, before the app connects to anything. */
  onSettings(settings: BaseSettings, log: Logger): void;
  /** Called when an app has started. */
  onStarted(): void;
}

/** An app that a process can run. */
export interface App {
  name: string;
  /**
   * Runs the app until the process must stop: settings, configuration, Redis, agents, then `start`.
   * @throws ConfigurationError when the settings or the configuration file are wrong.
   */
  run(host: AppHost): Promise<void>;
}

/** Makes an app out of its parts. */
export function defineApp<S extends BaseSettings, O extends Operator>(definition: AppDefinition<S, O>): App {
  return { name: definition.name, run: (host) => runApp(definition, host) };
}

async function runApp<S extends BaseSettings, O extends Operator>(
  app: AppDefinition<S, O>,
  host: AppHost,
): Promise<void> {
  const { stop } = host;
  const settings: S = readSettings(app.settings);
  const log = createLogger(app.name, settings.LOG_LEVEL);
  host.onSettings(settings, log);
  const operator = await app.configure(settings);
  const { HOST, REDIS_URL: redisUrl } = settings;
  const stopServing = serveWhileWaiting({
    app: app.name,
    host: HOST,
    port: app.port(settings),
    redisUrl,
    log,
  });
  const stopped = whenAborted(stop.signal);
  const runtime = await Promise.race([
    createRuntime(settings, operator, { app: app.name, log, stop }),
    stopped,
  ]);
  await stopServing();
  if (runtime === 'stopped') return;
  const watch = watchLiveness(runtime, { stuckAfterMs: settings.STUCK_AFTER_SECONDS * 1000 }, (reason) => {
    log.fatal({ reason }, 'stuck: ending the process');
    host.end(log);
  });
  try {
    const identified = runtime.agents.identify(runtime.stopping, {
      needsAgents: app.runsWithoutAgents !== true,
    });
    const running = Promise.all([identified, app.start(runtime, settings, operator)]);
    const ended = running.then(() => {
      host.onStarted();
      return stopped;
    });
    await Promise.race([ended, stopped]);
  } finally {
    await runtime.close();
    watch.stop();
  }
  log.info('stopped');
}

function whenAborted(signal: AbortSignal): Promise<'stopped'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
}
