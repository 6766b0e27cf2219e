import { startAlerts } from '@fulfillment/alerts';
import { defineApp, ingestorSettings, requireWritableFolder } from '@fulfillment/platform';
import { describeHandler, loadConfig, publishHandlers } from '@fulfillment/runner';
import { registerEndpoint } from './agents/register-endpoint.ts';
import { watchAgent } from './agents/watch-agent.ts';
import { MAX_WEBHOOK_BYTES, receiverOf, webhookRoutes } from './receive/webhooks.ts';
import { startIntake } from './schedule/intake.ts';
import { artifactRoutes } from './serve/artifacts.ts';

/** The app. A process runs it alone, or beside the other apps. */
export const app = defineApp({
  name: 'ingestor',
  settings: ingestorSettings,
  port: (settings) => settings.INGESTOR_PORT,
  configure: loadConfig,
  start: async (runtime, settings, config) => {
    const { artifacts } = config;
    const handlers = config.handlers.map(describeHandler);
    const folder = artifacts.folder ?? settings.ARTIFACTS_DIR;
    const isDefault = folder === settings.ARTIFACTS_DIR;
    await requireWritableFolder(
      folder,
      isDefault ? 'ARTIFACTS_DIR' : '`artifacts` in the configuration file',
    );
    const receiver = await receiverOf(runtime);
    await runtime.listen(
      settings.INGESTOR_PORT,
      async (server) => {
        await server.register(webhookRoutes, { receiver });
        await server.register(artifactRoutes, { folder });
      },
      { bodyLimit: MAX_WEBHOOK_BYTES },
    );
    runtime.checkRefusals('poll');
    await startIntake(runtime, settings, { artifacts });
    startAlerts(runtime, config);
    await publishHandlers(runtime, handlers);
    runtime.agents.onKnown((agent) => registerEndpoint(runtime, settings.PUBLIC_URL, agent));
    runtime.agents.onKnown((agent) => watchAgent(runtime, agent, handlers));
  },
});
