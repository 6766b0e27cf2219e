import type { Fact, Recorded } from '../../facts/facts.ts';
import type { Step } from '../../jobs/steps.ts';
import type { OrderSnapshot } from '../../order/order.ts';
import { lastPayoutRetry } from '../../record/payout-retry.ts';
import type { OrderRecord } from '../../record/record.ts';
import { factOf, factsOf } from '../../record/record.ts';
import { netOf } from '../../values/money.ts';
import { type Attention, HOUR, MINUTE } from '../decision.ts';
import { stepOrAttention } from '../failures.ts';

/**
 * After this time, a payout that is neither seen nor reported as failed is shown to the operator.
 */
const PAYOUT_PATIENCE = 24 * HOUR;
/** A missing step is checked again after this time, which finds a job that was lost. */
const WORK_LOOK = 2 * MINUTE;

interface Settling {
  facts: Fact[];
  steps: Step[];
  attention: Attention[];
  /** Until when the payout is awaited. Absent: no payout is awaited. */
  payoutDueAt?: number;
  /** Null: no change is expected. */
  lookAgainAt: number | null;
}

/** A completed order: record its earnings, and ensure that it is paid out. */
export function settling(record: OrderRecord, order: OrderSnapshot, now: number): Settling {
  const completed = factOf(record, 'completed');
  if (!completed) return { ...awaited(now, now), facts: [completedFact(order)] };
  if (isPaidOut(record, order)) return { facts: [], steps: [], attention: [], lookAgainAt: null };

  const retry = lastPayoutRetry(record);
  if (retry === null) return unpaid(record, { times: 0, asked: undefined, since: completed.at, now });
  const { asked, answered } = retry;
  if (answered === null) {
    const missing = stepOrAttention(record, { name: 'payout_retry', round: '0' });
    return { facts: [], ...missing, lookAgainAt: now + WORK_LOOK };
  }
  const times = asked.index + 1;
  const key = `:${times}`;
  switch (answered.outcome) {
    case 'accepted':
      return unpaid(record, { times, asked, since: answered.at, now });
    case 'already_paid':
      return needsHuman(
        `payout_already_paid${key}`,
        `Atelier says that this payout was sent already. Look for it in the agent's payout wallet.${answer(answered.reason)}`,
      );
    case 'no_wallet':
      return needsHuman(
        `payout_no_wallet${key}`,
        `Atelier has no payout wallet for this agent. Set one on Atelier, then ask for the payout again.${answer(answered.reason)}`,
        times,
      );
    case 'rejected':
      return needsHuman(
        `payout_retry_rejected${key}`,
        `Atelier does not retry the payout.${answer(answered.reason)}`,
        times,
      );
  }
}

/** Atelier's text, on its own line, so that it does not join one of our sentences. */
function answer(text: string): string {
  return `\nAtelier answered: "${text}"`;
}

/**
 * If the buyer is silent for 48 h, the marketplace completes the order (documented), even if its
 * workspace expired without a delivery.
 */
export function neverDelivered(record: OrderRecord, order: OrderSnapshot): Attention[] {
  if (order.hasDeliverables === null) return unknownDelivery(record, order);
  if (order.hasDeliverables || factsOf(record, 'delivered').length > 0) return [];
  const reason =
    'The order is completed, and shows no deliverable. The marketplace takes no delivery any more: settle it with the buyer on Atelier.';
  return [{ key: 'completed_undelivered', reason, actions: ['acknowledge'] }];
}

/**
 * The order counts as delivered, the product did not deliver it, and no answer of the marketplace
 * says whether anything was delivered.
 */
export function unknownDelivery(record: OrderRecord, order: OrderSnapshot): Attention[] {
  if (order.hasDeliverables !== null || factsOf(record, 'delivered').length > 0) return [];
  const reason = `The order is ${order.status}, this product did not deliver it, and the marketplace does not say whether it has deliverables. Check the order on Atelier.`;
  return [{ key: `${order.status}_unknown`, reason, actions: ['acknowledge'] }];
}

/**
 * A payout that failed before the order is completed, since an instant hire (x402) is paid out at
 * the hire. The marketplace retries only payouts of completed orders (observed).
 */
export function payoutFailedEarly(record: OrderRecord, order: OrderSnapshot | null): Attention[] {
  if (order?.status === 'completed' || isPaidOut(record, order)) return [];
  const failure = failureAfter(record, undefined);
  if (failure === null) return [];
  const reason = `The payout failed. An instant hire is paid out at once. Check the agent's payout wallet on Atelier. Once the order is completed, you can ask for the payout again.${cause(failure)}`;
  return [{ key: 'payout_failed_early', reason, actions: ['acknowledge'] }];
}

function isPaidOut(record: OrderRecord, order: OrderSnapshot | null): boolean {
  const wasSent = factsOf(record, 'payout').some((fact) => fact.outcome === 'sent');
  return wasSent || (order?.payoutTxHash ?? null) !== null;
}

/** A payout that has not been seen yet. */
interface Unpaid {
  /** How often the payout was asked for again. */
  times: number;
  /**
   * The last request. The first payout has no request: it may have failed before the order was
   * completed.
   */
  asked: Recorded | undefined;
  /** When the payout was last triggered, in ms since the epoch. */
  since: number;
  now: number;
}

function unpaid(record: OrderRecord, { times, asked, since, now }: Unpaid): Settling {
  // The attentions after each retry have their own keys, so that an acknowledged attention hides no
  // later one.
  const key = times === 0 ? '' : `:${times}`;
  // The webhook of a failure may reach us before we note the marketplace's answer to the request.
  const failure = failureAfter(record, asked);
  if (failure !== null) {
    return needsHuman(
      `payout_failed${key}`,
      `The payout failed. Check the agent's payout wallet on Atelier, then ask for the payout again.${cause(failure)}`,
      times,
    );
  }
  if (now < since + PAYOUT_PATIENCE) return awaited(since, now);
  return needsHuman(
    `payout_unseen${key}`,
    'No payout was seen for 24 h. Check the payout wallet, then ask for the payout again.',
    times,
  );
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

function cause({ reason }: Failure): string {
  return reason === null ? '\nAtelier gave no reason.' : `\nAtelier gave this reason: "${reason}"`;
}

function awaited(since: number, now: number): Settling {
  return {
    facts: [],
    steps: [],
    attention: [],
    payoutDueAt: since + PAYOUT_PATIENCE,
    lookAgainAt: now + HOUR,
  };
}

/**
 * @param attempt how often the payout was asked for again. Absent: another request does not help.
 */
function needsHuman(key: string, reason: string, attempt?: number): Settling {
  const attention: Attention =
    attempt === undefined
      ? { key, reason, actions: ['acknowledge'] }
      : { key, reason, actions: ['retry_payout', 'acknowledge'], attempt };
  return { facts: [], steps: [], attention: [attention], lookAgainAt: null };
}

function completedFact(order: OrderSnapshot): Fact {
  return {
    type: 'completed',
    priceUsd: order.quotedPriceUsd,
    feeUsd: order.platformFeeUsd,
    netUsd: netOf(order.quotedPriceUsd, order.platformFeeUsd),
  };
}
