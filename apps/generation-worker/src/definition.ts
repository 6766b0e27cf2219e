import { defineApp, generationSettings, requireWritableFolder } from '@fulfillment/platform';
import { describeHandler, loadConfig, publishHandlers } from '@fulfillment/runner';
import { startGeneration } from './generation.ts';
import { openRunner, reloadOnHangUp } from './open-runner.ts';

/** The app. A process runs it alone, or beside the other apps. */
export const app = defineApp({
  name: 'generation-worker',
  settings: generationSettings,
  port: (settings) => settings.GENERATION_WORKER_PORT,
  configure: loadConfig,
  start: async (runtime, settings, config) => {
    const { folder } = config.artifacts;
    await requireWritableFolder(settings.ARTIFACTS_DIR, 'ARTIFACTS_DIR');
    if (folder !== null && folder !== settings.ARTIFACTS_DIR)
      await requireWritableFolder(folder, '`artifacts` in the configuration file');
    const runner = openRunner(runtime, settings, config);
    await publishHandlers(runtime, config.handlers.map(describeHandler));
    reloadOnHangUp(runner, runtime, config);
    await startGeneration({
      runtime,
      runner,
      artifacts: config.artifacts,
      artifactsDir: settings.ARTIFACTS_DIR,
      concurrency: settings.GENERATION_CONCURRENCY,
    });
    await runtime.listen(settings.GENERATION_WORKER_PORT);
  },
});
