import { permanent, type WriteRun } from '@fulfillment/platform';
import {
  deliverablesOf,
  draftOf,
  type Fact,
  factOf,
  isThere,
  type OrderSnapshot,
  owedRound,
} from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';
import { redeliver } from './redeliver.ts';

/**
 * The step `deliver`. The marketplace has no idempotency keys and would accept the same delivery
 * twice. So the step reads the order first. If this round's deliverables are present, the step is
 * done. If the order waits for something else, the step is void. The step records its intent before
 * the call. When the outcome of the call is unknown, the next attempt also begins with a read.
 */
export async function deliver(run: WriteRun<'deliver'>, delivery: Delivery): Promise<Fact[]> {
  const { ref, record, log } = run;
  const { round } = run.step;
  const { marketplace } = delivery.runtime;
  const delivered = factOf(record, 'delivered', round);
  if (delivered !== undefined) return redeliver(run, delivered, delivery);
  const deliverables = deliverablesOf(record, round);
  if (deliverables === null) throw permanent(`round ${round} has deliverables without a URL`);
  const fields = { round, draft: draftOf(record, round), deliverables };

  const reading = await run.observe();
  if (isThere(reading, deliverables)) {
    log.info('found delivered');
    return [{ type: 'delivered', ...fields, found: true }];
  }
  const stillWaits = (order: OrderSnapshot) => owedRound(order) === round;
  if (!stillWaits(reading.snapshot)) {
    log.info({ status: reading.snapshot.rawStatus }, 'not delivered: the order moved on');
    return [];
  }
  await run.confirmAbsent(reading);
  const answer = await run.write({
    intent: { type: 'delivery_intended', ...fields },
    stillWaits,
    call: (lastLook) => marketplace.deliver(ref, deliverables, lastLook),
  });
  if (answer === null) {
    log.info('not delivered: the order moved on');
    return [];
  }
  log.info({ deliverables: deliverables.length, ...answer }, 'delivered');
  return [{ type: 'delivered', ...fields, found: false, ...answer }];
}
