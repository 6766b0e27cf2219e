import { attentionGroup } from '@fulfillment/ledger';
import type { Attention, Decision, Fact, OrderRecord } from '@fulfillment/shared';
import { type AskedAction, factOfAction } from '../orders/actions.ts';
import type { BulkGroup, BulkPlan, BulkResult } from './bulk-run.ts';

interface Order {
  record: OrderRecord;
  decision: Decision;
}

/**
 * The facts that a bulk action writes for an order: one for each attention that allows the action.
 * Empty if the order does not wait for the action.
 */
export function bulkFacts(order: Order, { action, group, by }: BulkPlan): Fact[] {
  if (action === 'read') return [];
  const { decision } = order;
  const answer = (attention: string) => {
    const asked: AskedAction = { action, attention, note: '', message: '' };
    return factOfAction(order, asked, by) ?? [];
  };
  const attentions = decision.attention.filter(
    (item) => item.actions.includes(action) && (group === null || isOf(group, item)),
  );
  const facts = attentions.flatMap(({ key }) => answer(key));
  const isUnread =
    action === 'acknowledge' && group === null && facts.length === 0 && decision.unread !== null;
  return isUnread && decision.unread !== null ? [answer(decision.unread.key)].flat() : facts;
}

/** An order that failed with another error since the preview belongs to another group. */
function isOf(group: BulkGroup, item: Attention): boolean {
  const { kind, title, detail } = attentionGroup(item);
  const isSameError = group.detail === null || detail === group.detail;
  return kind === group.kind && title === group.title && isSameError;
}

const FACTS_OF = {
  retry: 'operator_retried',
  release: 'operator_released',
  acknowledge: 'operator_acknowledged',
  retry_payout: 'payout_retry_asked',
} as const;

/**
 * Whether this very bulk action was carried out on the order before its process died: the record
 * has the operator's fact, written after the start.
 */
export function wasAnswered({ record }: Order, { action, by }: BulkPlan, startedAt: number): boolean {
  if (action === 'read') return false;
  return record.facts.some(
    (fact) => fact.type === FACTS_OF[action] && fact.by === by && fact.at >= startedAt,
  );
}

export const DONE: BulkResult = { outcome: 'done', detail: '' };
export const MOVED_ON: BulkResult = {
  outcome: 'skipped',
  detail: 'The order moved on. It does not wait for this action any more.',
};
export const FORGOTTEN: BulkResult = {
  outcome: 'skipped',
  detail: 'The order is finished, and its record was deleted.',
};
