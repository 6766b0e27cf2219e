import { type Fact, factKey, type OrderRecord } from '@fulfillment/shared';
import type { OperatorActionRow } from '../../database/schema.ts';
import { redactedOrNull, storable } from '../text.ts';

/** What operators did to an order. */
export function projectActions(key: string, record: OrderRecord): OperatorActionRow[] {
  return record.facts.flatMap((fact) => {
    const action = actionOf(fact);
    if (action === null) return [];
    return [
      {
        order_key: key,
        fact_key: storable(factKey(fact)),
        at: fact.at,
        operator: storable(action.operator),
        action: action.action,
        subject: storable(action.subject),
        note: redactedOrNull(action.note),
      },
    ];
  });
}

type Action = Pick<OperatorActionRow, 'operator' | 'action' | 'subject' | 'note'>;

function actionOf(fact: Fact): Action | null {
  switch (fact.type) {
    case 'operator_retried':
      return {
        operator: fact.by,
        action: orByHand(fact, 'retry'),
        subject: fact.stepKey,
        note: fact.note ?? null,
      };
    case 'operator_stopped':
      return { operator: fact.by, action: 'stop', subject: fact.stepKey, note: null };
    case 'operator_released':
      return {
        operator: fact.by,
        action: orByHand(fact, 'release'),
        subject: fact.attentionKey ?? fact.round,
        note: fact.note ?? null,
      };
    case 'operator_release_withdrawn':
      return {
        operator: fact.by,
        action: 'withdraw_release',
        subject: fact.attentionKey ?? fact.round,
        note: null,
      };
    case 'operator_acknowledged':
      return { operator: fact.by, action: 'acknowledge', subject: fact.attentionKey, note: null };
    case 'operator_message':
      return { operator: fact.by, action: 'message', subject: String(fact.number), note: fact.content };
    case 'operator_message_withdrawn':
      return { operator: fact.by, action: 'withdraw_message', subject: String(fact.number), note: null };
    case 'payout_retry_asked':
      return { operator: fact.by, action: 'retry_payout', subject: 'payout', note: null };
    case 'reviewed':
      return {
        operator: fact.by,
        action: orByHand(fact, fact.verdict),
        subject: fact.round,
        note: fact.note || null,
      };
    default:
      return null;
  }
}

/** The name of an action, unless the operator delivers by hand with it. */
function orByHand({ byHand }: { byHand?: string | undefined }, action: string): string {
  return byHand === undefined ? action : 'deliver_by_hand';
}
