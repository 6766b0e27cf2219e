import { type ArtifactStore, localDisk } from '@fulfillment/artifacts';
import { newOrder, openStepApp, orderRow, type TestRuntimeOptions } from '@fulfillment/platform/test-support';
import type { Deliverable, Fact, Step } from '@fulfillment/shared';
import { startDelivery } from '../delivery.ts';
import type { Delivery } from '../dependencies.ts';
import { type Trade, trade } from './trade.ts';

/**
 * The app on a real Redis and a marketplace on loopback that keeps orders, with helpers for tests.
 * An order whose write may still take effect is locked for 3 s. Two reads half a second apart must
 * agree that a write had no effect.
 */
export async function openDelivery(options: TestRuntimeOptions = {}) {
  const env = {
    MARKETPLACE_TIMEOUT_SECONDS: '2',
    DELIVER_EFFECT_SECONDS: '2',
    READS_AGREE_SECONDS: '0.5',
    ...options.env,
  };
  const app = await openStepApp({ ...options, env });
  const { runtime, market, folder } = app;
  const artifacts = localDisk({ folder });
  const delivery: Delivery = { runtime, artifacts };
  startDelivery(delivery, 4);
  return {
    ...app,
    artifacts,
    /** Replaces the artifact store that the steps work with. */
    setStore: (store: ArtifactStore) => {
      delivery.artifacts = store;
    },
    /** Places a new order on the marketplace, records these facts, and adds the order's jobs. */
    async place(fields: Record<string, unknown> = {}, facts: Fact[] = []): Promise<Trade> {
      const ref = newOrder();
      const row = orderRow(ref.orderId, { provider_agent_id: ref.agentId, ...fields });
      const opened = trade(market, ref, row);
      await app.poke(ref, facts);
      return opened;
    },
  };
}

export const DELIVER: Step = { name: 'deliver', round: '0', attempt: 0 };
export const SILENT = {
  messages: {
    delivered: null,
    revised: null,
    dispute_received: null,
    ask_feedback: null,
    delayed: null,
    refused: null,
  },
};

/** Round `round` is generated, with these URLs to deliver. */
export function generated(round: string, ...urls: string[]): Fact {
  const products = urls.map((url): Deliverable => ({ url, mediaType: 'image' }));
  return { type: 'generated', round, handler: 'painter', draft: 0, review: false, products };
}
