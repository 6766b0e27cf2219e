import { adminSettings, runApp } from '@fulfillment/platform';
import { loadConfig } from '@fulfillment/runner';
import { startAdmin } from './start.ts';

await runApp({
  name: 'admin',
  settings: adminSettings,
  port: (settings) => settings.ADMIN_PORT,
  configure: loadConfig,
  runsWithoutAgents: true,
  start: async (runtime, settings, { artifacts }) => {
    await startAdmin(runtime, settings, artifacts);
  },
});
