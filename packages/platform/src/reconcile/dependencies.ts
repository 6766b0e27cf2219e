import type { Policy } from '@fulfillment/shared';
import type { Queues } from '../jobs/queues.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { ReadLag } from '../marketplace/read-lag.ts';
import type { Services } from '../marketplace/services.ts';
import type { RecordStore } from '../record-store/record-store.ts';
import type { Logger } from '../telemetry/logger.ts';

/** The dependencies of a reconcile. */
export interface ReconcileDependencies {
  store: RecordStore;
  queues: Queues;
  marketplace: Marketplace;
  readLag: ReadLag;
  services: Services;
  policy: Policy;
  log: Logger;
}
