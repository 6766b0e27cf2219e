import { startAlerts } from '@fulfillment/alerts';
import { adminSettings, defineApp } from '@fulfillment/platform';
import { loadConfig } from '@fulfillment/runner';
import { startProjection } from './ledger/start-projection.ts';
import { startAdmin } from './start.ts';

/** The app. A process runs it alone, or beside the other apps. */
export const app = defineApp({
  name: 'admin',
  settings: adminSettings,
  port: (settings) => settings.ADMIN_PORT,
  configure: loadConfig,
  runsWithoutAgents: true,
  start: async (runtime, settings, config) => {
    await startProjection(runtime, settings);
    await startAdmin(runtime, settings, config);
    startAlerts(runtime, config);
  },
});
