import { permanent, type WriteRun } from '@fulfillment/platform';
import { type Fact, factOf, type OrderSnapshot, sameAmount } from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';

/**
 * The step `quote`: sends our price. The quote took effect when the order has left `pending_quote`.
 */
export async function quote(run: WriteRun<'quote'>, { runtime }: Delivery): Promise<Fact[]> {
  const { ref, log } = run;
  const priceUsd = factOf(run.record, 'priced')?.priceUsd;
  if (priceUsd === undefined) throw permanent('the order has no price to quote');

  const reading = await run.observe();
  const { snapshot } = reading;
  const stillWaits = (order: OrderSnapshot) => order.status === 'pending_quote';
  if (!stillWaits(snapshot)) {
    const isOurs = snapshot.quotedPriceUsd !== null && sameAmount(snapshot.quotedPriceUsd, priceUsd);
    log.info({ status: snapshot.rawStatus, isOurs }, 'not quoted: the order moved on');
    return isOurs ? [{ type: 'quoted', priceUsd, found: true }] : [];
  }
  await run.confirmAbsent(reading);
  const quoted = await run.write({
    intent: { type: 'quote_intended', priceUsd },
    stillWaits,
    call: async (lastLook) => {
      await runtime.marketplace.quote(ref, priceUsd, lastLook);
      return { priceUsd };
    },
  });
  if (quoted === null) {
    log.info('not quoted: the order moved on');
    return [];
  }
  log.info(quoted, 'quoted');
  return [{ type: 'quoted', priceUsd, found: false }];
}
