import { type Attention, raise } from '../../attention/attention.ts';
import type { AttentionDetails } from '../../attention/details.ts';
import type { Fact, Recorded } from '../../facts/facts.ts';
import type { Step } from '../../jobs/steps.ts';
import type { OrderSnapshot } from '../../order/order.ts';
import { lastPayoutRetry } from '../../record/payout-retry.ts';
import type { OrderRecord } from '../../record/record.ts';
import { factOf, factsOf } from '../../record/record.ts';
import { netOf } from '../../values/money.ts';
import { HOUR, MINUTE } from '../decision.ts';
import { requestStep } from '../failures.ts';

/**
 * After this time, a payout that is neither seen nor reported as failed is shown to the operator.
 */
const PAYOUT_PATIENCE = 24 * HOUR;
/** A missing step is checked again after this time, which finds a job that was lost. */
const WORK_LOOK = 2 * MINUTE;

interface PayoutNeeds {
  facts: Fact[];
  steps: Step[];
  attention: Attention[];
  /** Until when the payout is awaited. Absent: no payout is awaited. */
  payoutDueAt?: number;
  /** Null: no change is expected. */
  lookAgainAt: number | null;
}

/** A completed order: record its earnings, and ensure that it is paid out. */
export function decidePayout(record: OrderRecord, order: OrderSnapshot, now: number): PayoutNeeds {
  const completed = factOf(record, 'completed');
  if (!completed) return { ...awaited(now, now), facts: [completedFact(order)] };
  if (isPaidOut(record, order)) return { facts: [], steps: [], attention: [], lookAgainAt: null };

  const retry = lastPayoutRetry(record);
  const { netUsd } = completed;
  if (retry === null)
    return unpaid(record, { attempt: 0, netUsd, asked: undefined, since: completed.at, now });
  const { asked, answered } = retry;
  if (answered === null) {
    const missing = requestStep(record, { name: 'payout_retry', round: '0' });
    return { facts: [], ...missing, lookAgainAt: now + WORK_LOOK };
  }
  const payout = { kind: 'payout', attempt: asked.index + 1, netUsd: completed.netUsd } as const;
  const detail = answered.reason;
  switch (answered.outcome) {
    case 'accepted':
      return unpaid(record, { ...payout, asked, since: answered.at, now });
    case 'already_paid':
      return needsHuman({ ...payout, cause: 'payout_already_paid', detail });
    case 'no_wallet':
      return needsHuman({ ...payout, cause: 'payout_no_wallet', detail });
    case 'rejected':
      return needsHuman({ ...payout, cause: 'payout_retry_rejected', detail });
  }
}

/**
 * If the buyer is silent for 48 h, the marketplace completes the order (documented), even if its
 * workspace expired without a delivery.
 */
export function raiseUndelivered(record: OrderRecord, order: OrderSnapshot): Attention[] {
  if (order.hasDeliverables === null) return raiseUnknownDelivery(record, order);
  if (order.hasDeliverables || factsOf(record, 'delivered').length > 0) return [];
  return [raise({ kind: 'status', cause: 'completed_undelivered' })];
}

/**
 * The order counts as delivered, the product did not deliver it, and no answer of the marketplace
 * says whether anything was delivered.
 */
export function raiseUnknownDelivery(record: OrderRecord, order: OrderSnapshot): Attention[] {
  if (order.hasDeliverables !== null || factsOf(record, 'delivered').length > 0) return [];
  return [raise({ kind: 'status', cause: 'delivery_unknown', status: order.status })];
}

/**
 * A payout that failed before the order is completed, since an instant hire (x402) is paid out at
 * the hire. The marketplace retries only payouts of completed orders (observed).
 */
export function raiseEarlyPayoutFailure(record: OrderRecord, order: OrderSnapshot | null): Attention[] {
  if (order?.status === 'completed' || isPaidOut(record, order)) return [];
  const failure = failureAfter(record, undefined);
  if (failure === null) return [];
  return [raise({ kind: 'payout', cause: 'payout_failed_early', detail: failure.reason })];
}

function isPaidOut(record: OrderRecord, order: OrderSnapshot | null): boolean {
  const wasSent = factsOf(record, 'payout').some((fact) => fact.outcome === 'sent');
  return wasSent || (order?.payoutTxHash ?? null) !== null;
}

/** A payout that has not been seen yet. */
interface Unpaid {
  /** How often the payout was asked for again. */
  attempt: number;
  /** Our share of the price, as a decimal string. Null: unknown. */
  netUsd: string | null;
  /**
   * The last request. The first payout has no request: it may have failed before the order was
   * completed.
   */
  asked: Recorded | undefined;
  /** When the payout was last triggered, in ms since the epoch. */
  since: number;
  now: number;
}

function unpaid(record: OrderRecord, { attempt, netUsd, asked, since, now }: Unpaid): PayoutNeeds {
  const payout = { kind: 'payout', attempt, netUsd } as const;
  // The webhook of a failure may reach us before we note the marketplace's answer to the request.
  const failure = failureAfter(record, asked);
  if (failure !== null) {
    return needsHuman({ ...payout, cause: 'payout_failed', detail: failure.reason });
  }
  if (now < since + PAYOUT_PATIENCE) return awaited(since, now);
  return needsHuman({ ...payout, cause: 'payout_unseen' });
}

/**
 * Why a payout failed after a fact, by position in the record.
 * @param start the fact. Absent: any failure counts.
 * @returns null when no failure was reported.
 */
function failureAfter(record: OrderRecord, start: Recorded | undefined): Failure | null {
  const place = start === undefined ? -1 : record.facts.indexOf(start);
  const isReported = record.facts.slice(place + 1).some((fact) =>
    // A second failure for the same reason adds no payout fact. Its webhook does add a fact.
    fact.type === 'heard' ? fact.event === 'order.payout_failed' : isFailedPayout(fact),
  );
  if (!isReported) return null;
  const failures = factsOf(record, 'payout').filter(isFailedPayout);
  return { reason: failures.findLast(({ reason }) => reason !== null)?.reason ?? null };
}

function isFailedPayout(fact: Fact): boolean {
  return fact.type === 'payout' && fact.outcome === 'failed';
}

/** A payout that failed. `reason` is in Atelier's words, or null without a reason. */
interface Failure {
  reason: string | null;
}

function awaited(since: number, now: number): PayoutNeeds {
  return {
    facts: [],
    steps: [],
    attention: [],
    payoutDueAt: since + PAYOUT_PATIENCE,
    lookAgainAt: now + HOUR,
  };
}

/**
 * The attention after each retry has its own key, so that an acknowledged attention hides no later
 * one.
 */
function needsHuman(details: Extract<AttentionDetails, { kind: 'payout' }>): PayoutNeeds {
  return { facts: [], steps: [], attention: [raise(details)], lookAgainAt: null };
}

function completedFact(order: OrderSnapshot): Fact {
  return {
    type: 'completed',
    priceUsd: order.quotedPriceUsd,
    feeUsd: order.platformFeeUsd,
    netUsd: netOf(order.quotedPriceUsd, order.platformFeeUsd),
  };
}
