import type { Fact, Recorded } from '../facts/facts.ts';
import { type OrderSnapshot, parseOrder } from '../order/order.ts';
import type { SoldService } from '../order/service.ts';
import { DEFAULT_POLICY, type Policy, type PolicyInput, policySchema } from '../policy/policy.ts';
import type { OrderRecord } from '../record/record.ts';

/**
 * Noon of a day. The records of these tests were observed at this time, unless a test says
 * otherwise.
 */
export const NOON = Date.UTC(2026, 10, 23, 12);

/** How many random cases test a property. */
export function runs(usual: number): { numRuns: number } {
  return { numRuns: Number(process.env.FUZZ_RUNS ?? usual) };
}

/** The service of `orderRow`. */
export const SERVICE: SoldService = {
  id: 'srv_1',
  title: 'A portrait',
  category: 'image_gen',
  priceType: 'fixed',
  turnaroundHours: null,
  quota: null,
};

/** An order in the marketplace's format. */
export function orderRow(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'ord_1',
    provider_agent_id: 'agt_1',
    service_id: 'srv_1',
    service_title: 'A portrait',
    client_name: 'Ada',
    brief: 'Paint my cat.',
    quoted_price_usd: '45.00',
    platform_fee_usd: '4.50',
    status: 'paid',
    revision_count: 0,
    max_revisions: 3,
    created_at: '2026-11-23 11:00:00',
    ...fields,
  };
}

function snapshotOf(fields: Record<string, unknown> = {}): OrderSnapshot {
  return parseOrder(orderRow(fields));
}

export function policyOf(input: PolicyInput = {}): Policy {
  return input === undefined ? DEFAULT_POLICY : policySchema.parse(input);
}

export function at<F extends Fact>(time: number, fact: F): Recorded<F> {
  return { ...fact, at: time };
}

/** A record of an order that was observed at noon in a status, with these facts. */
export function recordOf(
  fields: Record<string, unknown>,
  facts: readonly Recorded[] = [],
  rest: Partial<OrderRecord> = {},
): OrderRecord {
  const snapshot = snapshotOf(fields);
  const observedAt = rest.observedAt ?? NOON;
  const seen: Recorded = at(observedAt, {
    type: 'seen',
    status: snapshot.rawStatus,
    revisionCount: snapshot.revisionCount,
    via: 'read',
  });
  return {
    agentId: 'agt_1',
    orderId: 'ord_1',
    snapshot,
    observedAt,
    hints: 0,
    hintsAnswered: 0,
    hintedAt: 0,
    reads: 0,
    threadReadAt: 0,
    service: SERVICE,
    turnaroundHours: null,
    facts: [seen, ...facts].toSorted((a, b) => a.at - b.at),
    ...rest,
  };
}

export const URL_OF = (round: string) => `https://files.example/ord_1/${round}/cat.png`;

export function generated(round: string, time = NOON): Recorded {
  const products = [{ url: URL_OF(round), mediaType: 'image' as const }];
  return at(time, { type: 'generated', round, handler: 'painter', products, draft: 0, review: false });
}

export function delivered(round: string, time: number): Recorded {
  const deliverables = [{ url: URL_OF(round), mediaType: 'image' as const }];
  return at(time, { type: 'delivered', round, deliverables, found: false });
}

/** Freezes a value deeply, so that any change throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
