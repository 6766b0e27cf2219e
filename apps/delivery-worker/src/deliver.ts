import { type JobContext, permanent } from '@fulfillment/platform';
import {
  deliverablesOf,
  draftOf,
  factOf,
  isThere,
  type OrderSnapshot,
  owedRound,
  type Payload,
  type Step,
} from '@fulfillment/shared';
import type { Delivery } from './dependencies.ts';
import { once, writeUnlessMovedOn } from './once.ts';
import { redeliver } from './redeliver.ts';

/**
 * The step `deliver`. The marketplace has no idempotency keys and would accept the same delivery
 * twice. So the step reads the order first. If this round's deliverables are present, the step is
 * done. If the order waits for something else, the step is void. The step records its intent before
 * the call. When the outcome of the call is unknown, the next attempt also begins with a read.
 */
export async function deliver(
  { runtime }: Delivery,
  payload: Payload<'delivery', 'deliver'>,
  context: JobContext,
): Promise<void> {
  const { agentId, orderId, round, attempt } = payload;
  const ref = { agentId, orderId };
  const { store, marketplace, reconciler } = runtime;
  const step = { name: 'deliver', round, attempt } as const satisfies Step;

  await once(runtime, ref, step, async (turn) => {
    const { record, confirmAbsent, lastLook } = turn;
    const delivered = factOf(record, 'delivered', round);
    if (delivered !== undefined) return redeliver({ runtime, ref, turn, delivered, context });
    const deliverables = deliverablesOf(record, round);
    if (deliverables === null) throw permanent(`round ${round} has deliverables without a URL`);
    const delivery = { round, draft: draftOf(record, round), deliverables };

    const reading = await reconciler.observe(record, context.signal);
    if (isThere(reading, deliverables)) {
      const found = await store.appendAndLoad(ref, [{ type: 'delivered', ...delivery, found: true }]);
      context.log.info('found delivered');
      return found;
    }
    const stillWaits = (order: OrderSnapshot) => owedRound(order) === round;
    if (!stillWaits(reading.snapshot)) {
      context.log.info({ status: reading.snapshot.rawStatus }, 'not delivered: the order moved on');
      return reading.record;
    }
    await confirmAbsent(reading);
    const intended = await store.appendAndLoad(ref, [{ type: 'delivery_intended', ...delivery }]);
    let answer: { status?: string } = {};
    const movedOn = await writeUnlessMovedOn(runtime, intended, stillWaits, async () => {
      answer = await marketplace.deliver(ref, deliverables, lastLook);
    });
    if (movedOn !== null) {
      context.log.info('not delivered: the order moved on');
      return movedOn;
    }
    const done = await store.appendAndLoad(ref, [
      { type: 'delivered', ...delivery, found: false, ...answer },
    ]);
    context.log.info({ deliverables: deliverables.length, ...answer }, 'delivered');
    return done;
  });
}
