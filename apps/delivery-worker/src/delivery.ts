import { stepKey } from '@fulfillment/shared';
import { deliver } from './deliver.ts';
import type { Delivery } from './dependencies.ts';
import { publish } from './publish.ts';
import { quote } from './quote.ts';
import { retryPayout } from './retry-payout.ts';
import { send } from './send.ts';

/** Starts the workers that make all writes to the marketplace. */
export function startDelivery(delivery: Delivery, concurrency: number): void {
  const { runtime } = delivery;
  runtime.startWorker({
    queue: 'delivery',
    concurrency,
    processors: {
      quote: (payload, context) => quote(delivery, payload, context),
      publish: (payload, context) => publish(delivery, payload, context),
      deliver: (payload, context) => deliver(delivery, payload, context),
      payout_retry: (payload, context) => retryPayout(delivery, payload, context),
    },
    async giveUp(name, { agentId, orderId, round, attempt }, reason) {
      const ref = { agentId, orderId };
      const told = `The step "${name}" failed for good: ${reason}`;
      const record = await runtime.store.appendAndLoad(ref, [
        { type: 'failed', stepKey: stepKey({ name, round }), attempt, reason: told },
      ]);
      await runtime.reconciler.reconcile(ref, record);
    },
  });
  runtime.startWorker({
    queue: 'messages',
    concurrency,
    processors: { send: (payload, context) => send(delivery, payload, context) },
    async giveUp(_name, { agentId, orderId, round, kind }, reason) {
      const ref = { agentId, orderId };
      const record = await runtime.store.appendAndLoad(ref, [
        { type: 'message_dropped', kind, round, reason },
      ]);
      await runtime.reconciler.reconcile(ref, record);
    },
  });
}
