import type { GenerateContext } from '@fulfillment/handlers';
import { type Runtime, type TakingOptions, untilTaken } from '@fulfillment/platform';
import { rememberedJson } from '@fulfillment/runner';
import { factsOf, type OrderRecord } from '@fulfillment/shared';

/**
 * A handler's memory of a round. It is recorded with the order, and the next worker that begins the
 * round gets it. A retry by an operator starts with an empty memory.
 */
export function memoryOf(
  { store }: Runtime,
  record: OrderRecord,
  {
    round,
    attempt,
    start,
    ...call
  }: { round: string; attempt: number; start: number } & Omit<TakingOptions, 'what'>,
): Pick<GenerateContext, 'remember' | 'remembered'> {
  const last = factsOf(record, 'remembered').findLast(
    (fact) => fact.round === round && fact.attempt === attempt,
  );
  let index = 0;
  return {
    remembered: last === undefined ? null : JSON.parse(last.json),
    async remember(value) {
      const fact = {
        type: 'remembered',
        round,
        attempt,
        start,
        index,
        json: rememberedJson(value),
      } as const;
      index += 1;
      const ref = { agentId: record.agentId, orderId: record.orderId };
      await untilTaken(() => store.append(ref, [fact]), {
        ...call,
        what: 'a value that a handler remembers',
      });
    },
  };
}
