import type { Fact, FactOf, FactType, Recorded } from '../facts/facts.ts';
import { factSchema } from '../facts/facts.ts';
import type { OrderSnapshot } from '../order/order.ts';
import type { SoldService } from '../order/service.ts';
import { type Usd, usd } from '../values/money.ts';

/**
 * A record is our knowledge of one order: the last snapshot from the marketplace, and the facts of
 * what happened. The marketplace is the source of truth for the order's status, and the record for
 * our own actions.
 */
export interface OrderRecord {
  agentId: string;
  orderId: string;
  /** Null until the order was first seen. */
  snapshot: OrderSnapshot | null;
  /** When the snapshot was asked for, by Redis' clock, in ms. 0 without a snapshot. */
  observedAt: number;
  /**
   * How many hints (webhooks, an absence from the list) came in, and how many of them the snapshot
   * already answers.
   */
  hints: number;
  hintsAnswered: number;
  /** When the last hint came in, by Redis' clock, in ms. 0 without a hint. */
  hintedAt: number;
  /** How many times the order itself was read. A list that shows the order is not a read. */
  reads: number;
  /** When the order's thread was last read, by Redis' clock, in ms. 0 if never. */
  threadReadAt: number;
  /**
   * The order's service by its last read. Null: the service was never read, or the order comes from
   * a bounty.
   */
  service: SoldService | null;
  /** The service's turnaround in hours, if known. */
  turnaroundHours: number | null;
  facts: readonly Recorded[];
}

/** The facts of one type, oldest first. */
export function factsOf<T extends FactType>(record: OrderRecord, type: T): Recorded<FactOf<T>>[] {
  return record.facts.filter((fact): fact is Recorded<FactOf<T>> => fact.type === type);
}

/** The only fact of a type (for a round, if the type has rounds), or undefined. */
export function factOf<T extends FactType>(
  record: OrderRecord,
  type: T,
  round?: string,
): Recorded<FactOf<T>> | undefined {
  return factsOf(record, type).find(
    (fact) => round === undefined || ('round' in fact && fact.round === round),
  );
}

/** Whether a fact records output that an operator delivered by hand, and no handler generated. */
export function isOutputByHand(fact: Fact): boolean {
  return fact.type === 'generated' && fact.byHand !== undefined;
}

/**
 * The handler that last worked on the order, by its configured name. Null: no handler has begun. If
 * the order no longer names its service, it stays with this handler.
 */
export function handlerBegun(record: OrderRecord): string | null {
  const chosen = record.facts.findLast(
    (fact) =>
      (fact.type === 'began' || fact.type === 'priced' || fact.type === 'generated') && !isOutputByHand(fact),
  );
  return chosen !== undefined && 'handler' in chosen ? chosen.handler : null;
}

/**
 * Facts from a webhook or a failed read. Even the record of an order that was never seen may have
 * them.
 */
const INDIRECT_FACTS: readonly FactType[] = [
  'heard',
  'revision_requested',
  'dispute_opened',
  'buyer_message',
  'bounty_accepted',
  'payout',
  'read_failed',
  'not_ours',
];

/**
 * Whether the order was once seen or worked on under this agent. Such an order is ours, whatever
 * one answer of the marketplace says.
 */
export function hasHistory(record: OrderRecord): boolean {
  return record.snapshot !== null || record.facts.some(({ type }) => !INDIRECT_FACTS.includes(type));
}

/** Whether the marketplace says that the order is another agent's, and no hint has come since. */
export function isNotOurs(record: OrderRecord): boolean {
  const denial = factsOf(record, 'not_ours').at(-1);
  return denial !== undefined && record.hints <= denial.hints && !hasHistory(record);
}

/**
 * The cost of an order so far, as reported by its handler: pricing and generations, failed
 * tries included.
 */
export function costOf(record: OrderRecord): Usd {
  return factsOf(record, 'used').reduce((sum, fact) => sum.plus(fact.costUsd ?? 0), usd(0));
}

/**
 * Since when the thread has been unreadable for a round, if that goes on, and the index of the next
 * such series.
 */
export function threadRefusals(
  record: OrderRecord,
  round: string,
): { ongoing: Recorded<FactOf<'thread_unreadable'>> | undefined; nextIndex: number } {
  const last = factsOf(record, 'thread_unreadable').findLast((fact) => fact.round === round);
  const isOver = factsOf(record, 'thread_readable').some(
    (fact) => fact.round === round && fact.index === last?.index,
  );
  return { ongoing: isOver ? undefined : last, nextIndex: last === undefined ? 0 : last.index + 1 };
}

/** The reason of the last dispute, if a webhook gave it. */
export function disputeReason(record: OrderRecord): string | null {
  return factsOf(record, 'dispute_opened').at(-1)?.reason ?? null;
}

/**
 * Reads a fact back from the store. A fact may come from a later version of the product, or be
 * damaged by hand. Such a fact is left out, so that the order survives.
 * @returns null when the text is not a fact of this version.
 */
export function parseFact(text: string): Fact | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const fact = factSchema.safeParse(json);
  return fact.success ? fact.data : null;
}
