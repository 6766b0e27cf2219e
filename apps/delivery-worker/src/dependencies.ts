import type { ArtifactStore } from '@fulfillment/artifacts';
import type { Runtime } from '@fulfillment/platform';

/** The dependencies of every step of this app. */
export interface Delivery {
  runtime: Runtime;
  artifacts: ArtifactStore;
}
