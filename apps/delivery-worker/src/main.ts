import { loadConfig, localDisk } from '@fulfillment/handlers';
import { deliverySettings, runApp } from '@fulfillment/platform';
import { startDelivery } from './delivery.ts';

await runApp({
  name: 'delivery-worker',
  settings: deliverySettings,
  configure: loadConfig,
  start: async (runtime, settings) => {
    const artifacts = localDisk({ folder: settings.ARTIFACTS_DIR, publicUrl: settings.PUBLIC_URL });
    startDelivery({ runtime, artifacts }, settings.DELIVERY_CONCURRENCY);
    await runtime.listen(settings.DELIVERY_WORKER_PORT);
  },
});
