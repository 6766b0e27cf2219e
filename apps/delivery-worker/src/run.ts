import { deliverySettings, runApp } from '@fulfillment/platform';
import { loadConfig } from '@fulfillment/runner';
import { startDelivery } from './delivery.ts';

await runApp({
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
