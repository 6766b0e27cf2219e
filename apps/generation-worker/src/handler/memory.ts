import { type GenerateContext, rememberedJson } from '@fulfillment/handlers';
import { type Runtime, type TakingOptions, untilTaken } from '@fulfillment/platform';
import { factsOf, type OrderRecord } from '@fulfillment/shared';

/**
 * What a handler remembers of a round: written down with the order, and handed to whoever begins the round again. A retry by an operator
 * begins anew.
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
