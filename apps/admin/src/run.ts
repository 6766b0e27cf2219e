import { adminSettings, runApp } from '@fulfillment/platform';
import { loadConfig } from '@fulfillment/runner';
import { startProjection } from './ledger/start-projection.ts';
import { startAdmin } from './start.ts';

await runApp({
  name: 'admin',
  settings: adminSettings,
  port: (settings) => settings.ADMIN_PORT,
  configure: loadConfig,
  runsWithoutAgents: true,
  start: async (runtime, settings, config) => {
    await startProjection(runtime, settings);
    await startAdmin(runtime, settings, config);
  },
});
