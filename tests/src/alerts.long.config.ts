/** The configuration of the long proof of the alerts: a second channel, and a costly handler. */
import { setTimeout as delay } from 'node:timers/promises';
import { defineConfig, defineHandler, webhook } from '@fulfillment/handlers';
import alerts from './alerts.config.ts';

/** While one order of this handler runs, the limit of the day leaves no room for another. */
const costly = defineHandler({
  name: 'costly',
  match: { title: 'Costly work' },
  maxCostUsd: { order: 3, day: 5 },
  async generate({ signal }) {
    await delay(120_000, undefined, { signal });
    return { body: 'Costly', contentType: 'text/plain' };
  },
});

export default defineConfig({
  ...alerts,
  handlers: [costly, ...alerts.handlers],
  alerts: {
    ...alerts.alerts,
    channels: [
      ...(alerts.alerts?.channels ?? []),
      {
        name: 'backup',
        kinds: ['work_paused'],
        channel: webhook({ url: process.env.BACKUP_URL, secret: process.env.ALERTS_SECRET }),
      },
    ],
  },
});
