import os from 'node:os';
import { generationSettings, readSettings } from '@fulfillment/platform';
import { type Config, ProcessRunner, withheldSecrets } from '@fulfillment/runner';
import { type Finding, ok, problem, warning } from './finding.ts';

const ABOUT = 'processes of handlers';
const MB = 1024 * 1024;
const IDLE_MS = 60_000;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Starts a process of handlers as the generation worker does. A configuration that needs a secret
 * which such a process does not get fails here.
 */
export async function checkHandlerProcesses(
  env: NodeJS.ProcessEnv,
  config: Pick<Config, 'agents' | 'alerts'>,
): Promise<Finding[]> {
  const settings = readSettings(generationSettings, env);
  const { GENERATION_CONCURRENCY: atOnce, HANDLER_MEMORY_MB: memoryMb } = settings;
  if (settings.HANDLER_ISOLATION === 'none') {
    return [
      warning(
        ABOUT,
        'there are none: a handler that crashes, blocks or fills the memory hurts every order of its worker',
        'Set HANDLER_ISOLATION=process, unless the machine has too little memory for that',
      ),
    ];
  }
  const runner = new ProcessRunner({
    configFile: settings.FULFILLMENT_CONFIG,
    size: 1,
    memoryMb,
    idleMs: IDLE_MS,
    env,
    withheld: withheldSecrets(config),
    log: quiet,
  });
  try {
    await runner.warm();
    const needed = runner.residentBytes();
    const each = needed === null ? '' : `, ${Math.round(needed / MB)} MB each at first`;
    return [
      ok(
        ABOUT,
        `start: up to ${atOnce} in a worker${each}, and ${memoryMb} MB at most. This machine has ${Math.round(os.totalmem() / MB)} MB`,
      ),
    ];
  } catch (error) {
    return [
      problem(
        ABOUT,
        error instanceof Error ? error.message : String(error),
        'They get neither the keys of your agents, the tokens of your channels, nor REDIS_URL, ADMIN_PASSWORD and LEDGER_URL: make the configuration load without those',
      ),
    ];
  } finally {
    await runner.close();
  }
}
