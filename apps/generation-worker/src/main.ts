import { loadConfig, removeOldSpools } from '@fulfillment/handlers';
import { generationSettings, runApp } from '@fulfillment/platform';
import { startGeneration } from './generation.ts';

await runApp({
  name: 'generation-worker',
  settings: generationSettings,
  configure: loadConfig,
  start: async (runtime, settings, config) => {
    await removeOldSpools();
    await startGeneration({
      runtime,
      handlers: config.handlers,
      artifacts: config.artifacts,
      artifactsDir: settings.ARTIFACTS_DIR,
      concurrency: settings.GENERATION_CONCURRENCY,
    });
    await runtime.listen(settings.GENERATION_WORKER_PORT);
  },
});
