import type { GenerateContext } from '@fulfillment/handlers';
import type { Runtime } from '@fulfillment/platform';
import { factsOf, type OrderRecord } from '@fulfillment/shared';

const LONGEST = 10_000;

/**
 * What a handler remembers of a round: written down with the order, and handed to whoever begins the round again. A retry by an operator
 * begins anew.
 */
export function memoryOf(
  { store }: Runtime,
  record: OrderRecord,
  { round, attempt, start }: { round: string; attempt: number; start: number },
): Pick<GenerateContext, 'remember' | 'remembered'> {
  const last = factsOf(record, 'remembered').findLast(
    (fact) => fact.round === round && fact.attempt === attempt,
  );
  let index = 0;
  return {
    remembered: last === undefined ? null : JSON.parse(last.json),
    async remember(value) {
      const json = JSON.stringify(value) as string | undefined;
      if (json === undefined || json.length > LONGEST) {
        throw new TypeError(`ctx.remember takes a value of at most ${LONGEST} characters as JSON`);
      }
      const fact = { type: 'remembered', round, attempt, start, index, json } as const;
      index += 1;
      await store.append({ agentId: record.agentId, orderId: record.orderId }, [fact]);
    },
  };
}
