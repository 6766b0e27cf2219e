import type { GenerationSettings, Runtime } from '@fulfillment/platform';
import { type Config, inlineRunner, ProcessRunner, type Runner } from '@fulfillment/runner';

const MINUTE_MS = 60_000;

/** Opens the runner of the handlers that the settings ask for, and loads the configuration into it. */
export async function openRunner(
  { log }: Pick<Runtime, 'log'>,
  settings: GenerationSettings,
  { handlers, agents, policy }: Pick<Config, 'handlers' | 'agents' | 'policy'>,
): Promise<Runner> {
  if (settings.HANDLER_ISOLATION === 'none') return inlineRunner(handlers, policy);
  const runner = new ProcessRunner({
    configFile: settings.FULFILLMENT_CONFIG,
    size: settings.GENERATION_CONCURRENCY,
    memoryMb: settings.HANDLER_MEMORY_MB,
    idleMs: settings.HANDLER_IDLE_MINUTES * MINUTE_MS,
    env: process.env,
    withheld: agents.flatMap(({ apiKey, webhookSecret }) => [apiKey, webhookSecret ?? []].flat()),
    log: {
      info: (fields, message) => log.info(fields, message),
      warn: (fields, message) => log.warn(fields, message),
      error: (fields, message) => log.error(fields, message),
    },
  });
  await runner.warm();
  return runner;
}
