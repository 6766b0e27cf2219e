import type { HandlerLog } from '@fulfillment/handlers';
import { describeError, type GenerationSettings, type Runtime } from '@fulfillment/platform';
import {
  type Config,
  inlineRunner,
  ProcessRunner,
  publishHandlers,
  type Runner,
  withheldSecrets,
} from '@fulfillment/runner';

const MINUTE_MS = 60_000;
const CANNOT_LOAD = 'the configuration of the handlers cannot be loaded';

/** Opens the runner that the settings ask for, and has it load the configuration. */
export function openRunner(
  { log }: Pick<Runtime, 'log'>,
  settings: GenerationSettings,
  { handlers, agents, policy, alerts }: Pick<Config, 'handlers' | 'agents' | 'policy' | 'alerts'>,
): Runner {
  if (settings.HANDLER_ISOLATION === 'none') return inlineRunner(handlers, policy);
  const handlerLog: HandlerLog = {
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  };
  const runner = new ProcessRunner({
    configFile: settings.FULFILLMENT_CONFIG,
    size: settings.GENERATION_CONCURRENCY,
    memoryMb: settings.HANDLER_MEMORY_MB,
    idleMs: settings.HANDLER_IDLE_MINUTES * MINUTE_MS,
    env: process.env,
    withheld: withheldSecrets({ agents, alerts }),
    log: handlerLog,
  });
  // The worker need not wait: it has checked the same file itself.
  runner.warm().catch((error: unknown) => log.error({ reason: describeError(error) }, CANNOT_LOAD));
  return runner;
}

/**
 * Loads the handlers again at SIGHUP, and publishes them. Agents, policy and artifact store stay as
 * they were at the start, because the other apps must change theirs at the same time.
 */
export function reloadOnHangUp(
  runner: Runner,
  runtime: Pick<Runtime, 'redis' | 'keys' | 'log'>,
  { policy }: Pick<Config, 'policy'>,
): void {
  const { log } = runtime;
  process.on('SIGHUP', () => {
    runner.reload().then(
      (loaded) => {
        void publishHandlers(runtime, loaded.handlers);
        log.info({ handlers: loaded.handlers.map(({ name }) => name) }, 'the handlers were loaded again');
        if (JSON.stringify(loaded.policy) !== JSON.stringify(policy))
          log.warn('the policy has changed: restart all apps to apply it');
      },
      (error: unknown) => log.error({ reason: describeError(error) }, `${CANNOT_LOAD}: the old one stays`),
    );
  });
}
