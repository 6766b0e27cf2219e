import { type JobContext, permanent } from '@fulfillment/platform';
import { factOf, type OrderSnapshot, type Payload, type Step, sameAmount } from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';
import { once, writeUnlessMovedOn } from './once.ts';

/**
 * The step `quote`: sends our price. The quote took effect when the order has left `pending_quote`.
 */
export async function quote(
  { runtime }: Delivery,
  payload: Payload<'delivery', 'quote'>,
  context: JobContext,
): Promise<void> {
  const { agentId, orderId, round, attempt } = payload;
  const ref = { agentId, orderId };
  const { store, marketplace, reconciler } = runtime;
  const step = { name: 'quote', round, attempt } as const satisfies Step;

  await once(runtime, ref, step, async ({ record, confirmAbsent, lastLook }) => {
    const priceUsd = factOf(record, 'priced')?.priceUsd;
    if (priceUsd === undefined) throw permanent('the order has no price to quote');

    const reading = await reconciler.observe(record, context.signal);
    const { snapshot, record: seen } = reading;
    if (snapshot.status !== 'pending_quote') {
      const isOurs = snapshot.quotedPriceUsd !== null && sameAmount(snapshot.quotedPriceUsd, priceUsd);
      context.log.info({ status: snapshot.rawStatus, isOurs }, 'not quoted: the order moved on');
      return isOurs ? store.appendAndLoad(ref, [{ type: 'quoted', priceUsd, found: true }]) : seen;
    }
    await confirmAbsent(reading);
    const intended = await store.appendAndLoad(ref, [{ type: 'quote_intended', priceUsd }]);
    const stillWaits = (order: OrderSnapshot) => order.status === 'pending_quote';
    const movedOn = await writeUnlessMovedOn(runtime, intended, stillWaits, () =>
      marketplace.quote(ref, priceUsd, lastLook),
    );
    if (movedOn !== null) {
      context.log.info('not quoted: the order moved on');
      return movedOn;
    }
    const quoted = await store.appendAndLoad(ref, [{ type: 'quoted', priceUsd, found: false }]);
    context.log.info({ priceUsd }, 'quoted');
    return quoted;
  });
}
