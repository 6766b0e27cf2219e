import type { Fact } from '../facts.ts';
import { netOf } from '../money.ts';
import type { OrderSnapshot } from '../order.ts';
import type { OrderRecord } from '../record.ts';
import { factOf, factsOf } from '../record.ts';
import { type Attention, HOUR } from './decision.ts';

/** A payout that is neither seen nor reported failed after this time is shown to the operator. */
const PAYOUT_PATIENCE = 24 * HOUR;

interface Settling {
  facts: Fact[];
  attention: Attention[];
  /** Until when the payout is awaited; absent: none is. */
  payoutDueAt?: number;
  /** Null: nothing more is expected. */
  lookAgainAt: number | null;
}

/** An order that is completed: note what it earned, and see that it was paid out. */
export function settling(record: OrderRecord, order: OrderSnapshot, now: number): Settling {
  const completed = factOf(record, 'completed');
  const payoutDueAt = (completed?.at ?? now) + PAYOUT_PATIENCE;
  const awaited = { attention: [], payoutDueAt, lookAgainAt: now + HOUR };
  if (!completed) return { ...awaited, facts: [completedFact(order)] };

  const payouts = factsOf(record, 'payout');
  if (order.payoutTxHash !== null || payouts.some((fact) => fact.outcome === 'sent')) {
    return { facts: [], attention: [], lookAgainAt: null };
  }
  const failures = payouts.filter((fact) => fact.outcome === 'failed');
  if (failures.length > 0) {
    const why = failures.find((fact) => fact.reason !== null)?.reason ?? 'no reason given';
    return needsHuman(
      'payout_failed',
      `The payout failed: ${why}. Check the agent's payout wallet on Atelier.`,
    );
  }
  if (now < payoutDueAt) return { ...awaited, facts: [] };
  return needsHuman(
    'payout_unseen',
    'No payout was seen within 24 h of completion. Check the payout wallet.',
  );
}

function needsHuman(key: string, reason: string): Settling {
  return { facts: [], attention: [{ key, reason, actions: ['acknowledge'] }], lookAgainAt: null };
}

function completedFact(order: OrderSnapshot): Fact {
  return {
    type: 'completed',
    priceUsd: order.quotedPriceUsd,
    feeUsd: order.platformFeeUsd,
    netUsd: netOf(order.quotedPriceUsd, order.platformFeeUsd),
  };
}
