import { type Runtime, type TakingOptions, untilTaken } from '@fulfillment/platform';
import type { CallHost } from '@fulfillment/runner';
import { factsOf, type OrderRecord, type OrderRef } from '@fulfillment/shared';

/**
 * The JSON that a handler remembered last in a round, or null. A retry by an operator starts with
 * an empty memory.
 */
export function rememberedBefore(record: OrderRecord, round: string, attempt: number): string | null {
  const last = factsOf(record, 'remembered').findLast(
    (fact) => fact.round === round && fact.attempt === attempt,
  );
  return last?.json ?? null;
}

/**
 * Records the value that a handler remembers with the order. The next worker that begins the round
 * gets it.
 */
export function rememberFor(
  { store }: Runtime,
  ref: OrderRef,
  {
    round,
    attempt,
    start,
    ...call
  }: { round: string; attempt: number; start: number } & Omit<TakingOptions, 'what'>,
): CallHost['remember'] {
  let index = 0;
  return async (json) => {
    const fact = { type: 'remembered', round, attempt, start, index, json } as const;
    index += 1;
    await untilTaken(() => store.append(ref, [fact]), { ...call, what: 'a value that a handler remembers' });
  };
}
