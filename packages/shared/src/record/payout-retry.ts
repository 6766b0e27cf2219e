import type { FactOf, Recorded } from '../facts/facts.ts';
import { factsOf, type OrderRecord } from './record.ts';

interface PayoutRetry {
  asked: Recorded<FactOf<'payout_retry_asked'>>;
  /** The marketplace's answer. Null: the step `payout_retry` still has to get an answer. */
  answered: Recorded<FactOf<'payout_retry_answered'>> | null;
}

/**
 * An operator's last request for a payout retry, with its answer.
 * @returns null when no operator asked.
 */
export function lastPayoutRetry(record: OrderRecord): PayoutRetry | null {
  const asked = factsOf(record, 'payout_retry_asked').at(-1);
  if (asked === undefined) return null;
  const answers = factsOf(record, 'payout_retry_answered');
  return { asked, answered: answers.find(({ index }) => index === asked.index) ?? null };
}

/**
 * The request that the step `payout_retry` passes to the marketplace.
 * @returns null when no operator asked, or when the last request has its answer.
 */
export function unansweredPayoutRetry(record: OrderRecord): PayoutRetry['asked'] | null {
  const retry = lastPayoutRetry(record);
  return retry?.answered === null ? retry.asked : null;
}
