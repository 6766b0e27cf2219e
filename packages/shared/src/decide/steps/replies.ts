import type { Step } from '../../jobs/steps.ts';
import { acceptsMessages, type OrderSnapshot } from '../../order/order.ts';
import type { Policy } from '../../policy/policy.ts';
import type { OrderRecord } from '../../record/record.ts';
import { repliesOf } from '../../record/replies.ts';
import { messageStep } from './messages.ts';

/** The step that sends the oldest waiting message of an operator. The buyer reads them in order. */
export function replyStep(record: OrderRecord, order: OrderSnapshot, policy: Policy): Step[] {
  if (!acceptsMessages(order.status)) return [];
  const next = repliesOf(record).find(({ state }) => state === 'queued' || state === 'sending');
  if (next === undefined) return [];
  return messageStep(record, policy, { kind: 'reply', round: String(next.number) });
}
