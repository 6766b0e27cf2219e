import {
  type Attention,
  buyerLabel,
  type Decision,
  isOutputByHand,
  jobFor,
  type OrderRecord,
  type OrderRef,
  type OrderStage,
  orderTitle,
  readAttention,
  statusNow,
  type UnclassifiedAttention,
} from '@fulfillment/shared';
import type { JobPlace } from '../jobs/pauses.ts';
import { parsed } from '../redis/stored-json.ts';

/** The fields of an order that lists show, so that they need not read its whole record. */
export interface OrderSummary extends OrderRef {
  stage: OrderStage;
  round: string | null;
  status: string;
  service: string | null;
  client: string | null;
  priceUsd: string | null;
  createdAt: number | null;
  dueAt: number | null;
  /** An unclassified attention was stored by another version of the product. */
  attention: (Attention | UnclassifiedAttention)[];
  /** The handler that last priced or generated. Null: none has yet. */
  handler: string | null;
  /** How many of the buyer's messages nobody has answered or acknowledged. */
  unread: number;
  /** The jobs that the decision asked for. A paused queue may hold them up. */
  jobs: JobPlace[];
}

/** The summary of an order for lists, from its last decision. */
export function summarise(record: OrderRecord, decision: Decision): OrderSummary {
  const order = record.snapshot;
  return {
    agentId: record.agentId,
    orderId: record.orderId,
    stage: decision.stage,
    round: decision.round,
    status: statusNow(record)?.raw ?? 'not seen yet',
    service: order && orderTitle(order),
    client: order && buyerLabel(order),
    priceUsd: order?.quotedPriceUsd ?? null,
    createdAt: order?.createdAt ?? record.facts[0]?.at ?? null,
    dueAt: decision.dueAt,
    attention: decision.attention,
    handler: handlerOf(record),
    unread: decision.unread?.count ?? 0,
    jobs: decision.steps.map((step) => {
      const { queue, jobId } = jobFor({ agentId: record.agentId, orderId: record.orderId }, step);
      return { queue, jobId };
    }),
  };
}

function handlerOf(record: OrderRecord): string | null {
  const fact = record.facts.findLast((one) => 'handler' in one && !isOutputByHand(one));
  return fact !== undefined && 'handler' in fact ? fact.handler : null;
}

/** Reads back the summary that lists show. An order without a decision is `unseen`. */
export function readSummary(text: string | null, ref: OrderRef): OrderSummary {
  const unknown: OrderSummary = {
    ...ref,
    stage: 'unseen',
    round: null,
    status: 'not seen yet',
    service: null,
    client: null,
    priceUsd: null,
    createdAt: null,
    dueAt: null,
    attention: [],
    handler: null,
    unread: 0,
    jobs: [],
  };
  const stored = { ...unknown, ...(parsed(text) as Partial<OrderSummary> | null) };
  return {
    ...stored,
    attention: listOf(stored.attention).flatMap((item) => readAttention(item) ?? []),
    jobs: listOf(stored.jobs),
  };
}

/** A damaged summary must not break the list of all orders. */
function listOf<T>(stored: readonly T[]): T[] {
  return Array.isArray(stored) ? stored : [];
}
