import { projectAttention } from './attention.ts';
import { projectActions } from './facts/actions.ts';
import { projectCosts } from './facts/costs.ts';
import { projectDeliverables } from './facts/deliverables.ts';
import { projectMessages } from './facts/messages.ts';
import { projectPayouts } from './facts/payouts.ts';
import { projectOrderRow } from './order/order-row.ts';
import { orderKey } from './order-key.ts';
import type { OrderRows } from './rows.ts';
import type { ProjectionSource } from './source.ts';
import { projectTexts } from './texts.ts';

/**
 * The ledger's rows for one order. The function is pure: the same record and summary give the same
 * rows, whenever and wherever it runs.
 */
export function projectOrder(source: ProjectionSource): OrderRows {
  const { record } = source;
  const key = orderKey(record);
  const costs = projectCosts(key, source);
  const payouts = projectPayouts(key, record);
  return {
    order: projectOrderRow(key, source, { costs, payouts }),
    texts: projectTexts(key, record),
    attention: projectAttention(key, source),
    costs,
    payouts,
    deliverables: projectDeliverables(key, record),
    messages: projectMessages(key, record),
    operator_actions: projectActions(key, record),
  };
}
