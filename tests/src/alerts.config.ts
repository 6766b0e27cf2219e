/** The configuration of the scenarios, with a channel for alerts. */
import { defineConfig, webhook } from '@fulfillment/handlers';
import scenarios from './scenarios.config.ts';

export default defineConfig({
  ...scenarios,
  alerts: {
    channels: [
      {
        name: 'team',
        severity: 'info',
        channel: webhook({ url: process.env.ALERTS_URL, secret: process.env.ALERTS_SECRET }),
      },
    ],
    groupSeconds: 0,
    heartbeat: { url: process.env.HEARTBEAT_URL },
  },
});
