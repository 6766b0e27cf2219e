import { localDisk } from '@fulfillment/artifacts';
import {
  type BaseSettings,
  baseSettings,
  describeError,
  keepSecret,
  readSettings,
  secretsIn,
} from '@fulfillment/platform';
import { type Config, loadConfig } from '@fulfillment/runner';
import { checkAgent } from './agents.ts';
import { checkArtifacts } from './artifacts.ts';
import { checkChannels } from './channels.ts';
import { type Finding, ok, problem } from './finding.ts';
import { checkHandlerProcesses } from './handler-processes.ts';
import { checkLimits } from './limits.ts';
import { checkRedis } from './redis.ts';
import { checkServices } from './services.ts';

/**
 * Checks everything that the apps need, in the order in which they need it. A check that cannot run
 * does not stop the other checks.
 */
export async function* diagnose(env: NodeJS.ProcessEnv): AsyncGenerator<Finding> {
  keepSecret(...secretsIn(env));
  let settings: BaseSettings;
  try {
    settings = readSettings(baseSettings, env);
  } catch (error) {
    yield problem('settings', describeError(error), 'Correct them in the environment or in .env');
    return;
  }
  yield ok('settings', 'are complete');
  yield* await checkRedis(settings.REDIS_URL, settings.REDIS_KEY_PREFIX);
  let config: Config;
  try {
    config = await loadConfig(settings);
  } catch (error) {
    const { ARTIFACTS_DIR, PUBLIC_URL } = settings;
    yield* await checkArtifacts(localDisk({ folder: ARTIFACTS_DIR, publicUrl: PUBLIC_URL }), true);
    yield problem('configuration', describeError(error), 'See docs/handlers/configuration.md');
    return;
  }
  const { agents, handlers, artifacts, isDefaultStore } = config;
  for (const { apiKey, webhookSecret } of agents) keepSecret(apiKey, webhookSecret);
  yield* await checkArtifacts(artifacts, isDefaultStore);
  yield ok(
    'configuration',
    `${settings.FULFILLMENT_CONFIG}: ${handlers.length} handlers, ${agents.length} agents`,
  );
  yield* await checkHandlerProcesses(env, config);
  const checked = await Promise.all(agents.map((agent) => checkAgent(settings, agent)));
  for (const { findings } of checked) yield* findings;
  yield* checkServices(
    checked.flatMap(({ sold }) => sold ?? []),
    handlers,
    checked.every(({ sold }) => sold !== null),
  );
  yield* checkLimits(handlers);
  yield* await checkChannels(config.alerts, settings.ADMIN_URL);
}
