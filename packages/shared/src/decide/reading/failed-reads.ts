import { type Attention, raise } from '../../attention/attention.ts';
import type { FactOf, Recorded } from '../../facts/facts.ts';
import type { OrderRecord } from '../../record/record.ts';
import { factsOf } from '../../record/record.ts';
import { HOUR, MINUTE, SECOND } from '../decision.ts';

/**
 * After this time, an unreadable order or thread is shown to the operator. Reads are retried
 * meanwhile.
 */
export const READ_PATIENCE = HOUR;
/**
 * Denied access is not an outage, so the operator hears of it sooner. But right after a webhook,
 * the marketplace's reads may lag behind the webhook.
 */
export const DENIAL_PATIENCE = 10 * MINUTE;

/**
 * Raises an attention for an order that has been unreadable for too long. A denial or a malformed
 * answer is reported sooner than an outage. Reads go on.
 */
export function raiseFailedReads(record: OrderRecord, now: number): Attention[] {
  const failures = failuresToRead(record);
  const denial = failures.find(({ isRefusal }) => isRefusal);
  const { reads } = record;
  if (denial && now >= denial.at + DENIAL_PATIENCE) {
    return [raise({ kind: 'access', cause: 'read_denied', reads, detail: denial.reason })];
  }
  const [outage] = failures;
  if (!outage || now < outage.at + READ_PATIENCE) return [];
  return [raise({ kind: 'access', cause: 'read_failing', reads, detail: outage.reason })];
}

const SOONEST_READ = 15 * SECOND;
const LATEST_READ = { outage: 5 * MINUTE, denial: 15 * MINUTE };

/** When to read an unreadable order again. The wait grows with the length of the trouble. */
export function readAgainAt(record: OrderRecord, now: number): number {
  const failures = failuresToRead(record);
  const latest = failures.some(({ isRefusal }) => isRefusal) ? LATEST_READ.denial : LATEST_READ.outage;
  const failingFor = now - (failures[0]?.at ?? now);
  return now + Math.min(latest, Math.max(SOONEST_READ, failingFor / 4));
}

/**
 * Whether an unreadable order may go on from its snapshot. The list must show the order, from a
 * request after the failures began and after the last hint. The snapshot is then as new as a read
 * would be. Each write to the marketplace still reads the order first.
 */
export function canProceedUnread(record: OrderRecord): boolean {
  const [first] = failuresToRead(record);
  return (
    record.snapshot !== null && first !== undefined && record.observedAt > Math.max(first.at, record.hintedAt)
  );
}

/**
 * The failures since the last successful read. A list that shows the order renews its snapshot, but
 * must not end the series. The list can work for weeks while the order itself cannot be read.
 */
function failuresToRead(record: OrderRecord): Recorded<FactOf<'read_failed'>>[] {
  return factsOf(record, 'read_failed').filter(({ reads, observedAt }) =>
    reads === undefined ? observedAt === record.observedAt : reads === record.reads,
  );
}
