import { factsOf, isOutputByHand, type OrderRecord } from '@fulfillment/shared';

/**
 * How often handlers were called, and how long the calls ran that gave a result, in ms. A call that
 * ended in a wait for a service, or whose worker was stopped, is not a try.
 */
export function runsOf(record: OrderRecord): { tries: number; runMs: number } {
  const runMs = record.facts.reduce((total, fact, place) => {
    if (fact.type !== 'generated' && fact.type !== 'priced') return total;
    // Before files by hand, the order waited for an operator.
    if (isOutputByHand(fact)) return total;
    const step = fact.type === 'generated' ? 'generate' : 'price';
    const beginning = record.facts
      .slice(0, place)
      .findLast(
        (one) =>
          one.type === 'began' && one.step === step && (fact.type === 'priced' || one.round === fact.round),
      );
    return beginning === undefined ? total : total + Math.max(0, fact.at - beginning.at);
  }, 0);
  const count = (type: 'began' | 'put_off' | 'returned') => factsOf(record, type).length;
  return { tries: Math.max(0, count('began') - count('put_off') - count('returned')), runMs };
}
