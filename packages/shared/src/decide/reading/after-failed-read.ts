import type { Policy } from '../../policy/policy.ts';
import type { OrderRecord } from '../../record/record.ts';
import { decide } from '../decide.ts';
import type { Decision } from '../decision.ts';
import { canProceedUnread, readAgainAt } from './failed-reads.ts';

/**
 * Decides what an order needs next, after a read of the order failed just now. The failure answers
 * the hints that the record has: the next read comes at its regular time, so that failing reads
 * become rare.
 */
export function decideAfterFailedRead(record: OrderRecord, policy: Policy, now: number): Decision {
  const decision = decide(record, policy, now);
  const nextReadAt = readAgainAt(record, now);
  const canStart = canProceedUnread(record);
  // A due time or a buyer's answer may come before the next read.
  const lookAgainAt = canStart ? Math.min(nextReadAt, decision.lookAgainAt ?? Infinity) : nextReadAt;
  return { ...decision, readOrder: false, nextReadAt, canStart, lookAgainAt };
}
