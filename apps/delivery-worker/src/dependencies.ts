import type { ArtifactStore } from '@fulfillment/handlers';
import type { Runtime } from '@fulfillment/platform';

/** The dependencies of every step of this app. */
export interface Delivery {
  runtime: Runtime;
  artifacts: ArtifactStore;
}
