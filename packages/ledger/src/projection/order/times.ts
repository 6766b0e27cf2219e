import { type FactType, factsOf, type OrderRecord } from '@fulfillment/shared';

const UNPAID = ['pending_quote', 'quoted', 'accepted'];
const PAID = ['paid', 'in_progress', 'delivered', 'revision_requested', 'disputed', 'completed'];

/** When an order reached each state, in ms since the epoch. Null: not yet, or never. */
export interface OrderTimes {
  created: number | null;
  quoted: number | null;
  paid: number | null;
  generated: number | null;
  delivered: number | null;
  revised: number | null;
  disputed: number | null;
  completed: number | null;
  cancelled: number | null;
  updated: number;
}

export function timesOf(record: OrderRecord): OrderTimes {
  const { snapshot, facts } = record;
  const first = (type: FactType) => facts.find((fact) => fact.type === type)?.at ?? null;
  const last = (type: FactType) => facts.findLast((fact) => fact.type === type)?.at ?? null;
  return {
    created: snapshot?.createdAt ?? facts[0]?.at ?? null,
    quoted: first('quoted') ?? seenAs(record, 'quoted'),
    paid: paidAt(record),
    generated: first('generated'),
    delivered: first('delivered') ?? snapshot?.deliveredAt ?? null,
    revised: lastSeenAs(record, 'revision_requested') ?? last('revision_requested'),
    disputed: lastSeenAs(record, 'disputed') ?? last('dispute_opened'),
    completed: snapshot?.completedAt ?? first('completed') ?? seenAs(record, 'completed'),
    cancelled: seenAs(record, 'cancelled'),
    updated: facts.reduce((latest, { at }) => Math.max(latest, at), 0) || record.observedAt,
  };
}

/**
 * When the buyer paid. An order that was never seen unpaid was paid when it was placed.
 */
function paidAt(record: OrderRecord): number | null {
  const seen = factsOf(record, 'seen');
  const paid = seen.find(({ status }) => PAID.includes(status));
  const heard = factsOf(record, 'heard').find(({ event }) => event === 'order.paid');
  if (paid === undefined) return heard?.at ?? null;
  const wasUnpaid = seen.some(({ status, at }) => UNPAID.includes(status) && at <= paid.at);
  if (wasUnpaid) return Math.min(paid.at, heard?.at ?? paid.at);
  return record.snapshot?.createdAt ?? paid.at;
}

function seenAs(record: OrderRecord, status: string): number | null {
  return factsOf(record, 'seen').find((seen) => seen.status === status)?.at ?? null;
}

function lastSeenAs(record: OrderRecord, status: string): number | null {
  return factsOf(record, 'seen').findLast((seen) => seen.status === status)?.at ?? null;
}
