import { raise } from '../attention/attention.ts';
import type { Step } from '../jobs/steps.ts';
import type { OrderSnapshot } from '../order/order.ts';
import { attemptOf } from '../record/attempts.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf } from '../record/record.ts';
import { owedRound } from '../record/rounds.ts';
import { CONTRADICTION_PATIENCE, SECOND } from './decision.ts';
import { quoteDueAt } from './due.ts';
import { earliest, emptyDecision, type PartialDecision, type Situation } from './partial-decision.ts';
import { nextReviewRead, offerInterval, QUOTED_LOOK } from './reading/next-read.ts';
import { deliveryMessageStep } from './steps/messages.ts';
import { decideOwedRound } from './steps/owed-round.ts';
import { decidePayout, raiseUndelivered, raiseUnknownDelivery } from './steps/payout.ts';
import { decideQuote } from './steps/quote.ts';
import { confirmDeliveryAt } from './steps/redelivery.ts';

/** What the order needs by its status. */
export function decideByStatus(situation: Situation): PartialDecision {
  const { record, order, policy, now } = situation;
  switch (order.status) {
    case 'pending_quote':
      return {
        ...emptyDecision('pricing'),
        lookAgainAt: now + policy.workLookSeconds * SECOND,
        ...decideQuote(record, { due: quoteDueAt(record, order, policy), now }),
      };
    case 'quoted':
    case 'accepted':
      return {
        ...emptyDecision('awaiting_payment'),
        lookAgainAt: now + offerInterval(order, now, QUOTED_LOOK),
      };
    case 'paid':
    case 'in_progress':
    case 'revision_requested':
    case 'disputed':
      return decideOwedRound(situation);
    case 'delivered':
      if (isUndelivered(record, order)) return decideOwedRound(situation);
      return {
        ...emptyDecision('in_review'),
        round: factsOf(record, 'delivered').at(-1)?.round ?? null,
        steps: deliveryMessageStep(record, policy),
        attention: raiseUnknownDelivery(record, order),
        lookAgainAt: earliest(now, nextReviewRead(order, policy, now), confirmDeliveryAt(record, policy)),
      };
    case 'completed':
      return completed(situation);
    case 'cancelled':
      return { ...emptyDecision('cancelled'), cancelledSteps: stepsBeforeDelivery(record) };
    case 'unknown':
      return {
        ...emptyDecision('held'),
        attention: [raise({ kind: 'status', cause: 'unknown_status', rawStatus: order.rawStatus })],
        lookAgainAt: now + CONTRADICTION_PATIENCE,
      };
  }
}

/** An order can be cancelled only before its first delivery. */
function stepsBeforeDelivery(record: OrderRecord): Step[] {
  return (['price', 'quote', 'generate', 'publish', 'deliver'] as const).map((name) => {
    const attempt = attemptOf(record, { name, round: '0' });
    return { name, round: '0', attempt };
  });
}

function completed({ record, order, now }: Situation): PartialDecision {
  const settled = decidePayout(record, order, now);
  const attention = [...settled.attention, ...raiseUndelivered(record, order)];
  return { ...emptyDecision('completed'), ...settled, attention };
}

/** The order waits for its first delivery, although its status says that it has one. */
function isUndelivered(record: OrderRecord, order: OrderSnapshot): boolean {
  return owedRound(order) !== null && factsOf(record, 'delivered').length === 0;
}
