import { defineApp, deliverySettings } from '@fulfillment/platform';
import { loadConfig } from '@fulfillment/runner';
import { startDelivery } from './delivery.ts';

/** The app. A process runs it alone, or beside the other apps. */
export const app = defineApp({
  name: 'delivery-worker',
  settings: deliverySettings,
  port: (settings) => settings.DELIVERY_WORKER_PORT,
  configure: loadConfig,
  start: async (runtime, settings, { artifacts }) => {
    startDelivery({ runtime, artifacts }, settings.DELIVERY_CONCURRENCY);
    runtime.checkRefusals('deliver', 'upload', 'message');
    await runtime.listen(settings.DELIVERY_WORKER_PORT);
  },
});
