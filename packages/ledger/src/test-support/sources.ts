import { summarise } from '@fulfillment/platform';
import {
  decide,
  type Fact,
  type OrderRecord,
  parseOrder,
  policySchema,
  type Recorded,
} from '@fulfillment/shared';
import { orderRow } from '@fulfillment/shared/test-support';
import type { ProjectionSource } from '../projection/source.ts';

/** Noon of a day, in ms since the epoch. */
export const NOON = Date.UTC(2026, 10, 23, 12);
const policy = policySchema.parse({});

/**
 * An order as its record and the summary of its decision.
 * @param fields fields of the marketplace's order.
 * @param facts each fact happens a minute after the one before, the first at noon, unless it has a
 * time.
 */
export function sourceOf(
  fields: Record<string, unknown> = {},
  facts: readonly (Fact & { at?: number })[] = [],
): ProjectionSource {
  const snapshot = parseOrder(orderRow(fields));
  const recorded: Recorded[] = facts.map((fact, index) => ({
    ...fact,
    at: fact.at ?? NOON + index * 60_000,
  }));
  const seen: Recorded = {
    type: 'seen',
    status: snapshot.rawStatus,
    revisionCount: snapshot.revisionCount,
    via: 'read',
    at: NOON,
  };
  const record: OrderRecord = {
    agentId: snapshot.agentId,
    orderId: snapshot.id,
    snapshot,
    observedAt: NOON,
    hints: 0,
    hintsAnswered: 0,
    hintedAt: 0,
    reads: 1,
    threadReadAt: NOON,
    service: {
      id: 'srv_1',
      title: 'A portrait',
      category: 'image_gen',
      priceType: 'fixed',
      turnaroundHours: null,
      quota: null,
    },
    turnaroundHours: 24,
    facts: facts.some(({ type }) => type === 'seen') ? recorded : [seen, ...recorded],
  };
  const summary = summarise(record, decide(record, policy, NOON));
  return { record, summary, attentionSince: new Map(summary.attention.map(({ key }) => [key, NOON])) };
}
