const TELLS_NO_COST = Symbol('tells no cost');

/**
 * Marks a ready-made `generate` that never reports its costs, so that `pnpm run doctor` can say
 * that `maxCostUsd` has no effect.
 * @returns its argument.
 */
export function tellingNoCost<G extends object>(generate: G, tellsNone = true): G {
  return tellsNone ? Object.defineProperty(generate, TELLS_NO_COST, { value: true }) : generate;
}

/**
 * Whether a `generate` is known to report no costs. False for the operator's own functions, which
 * may report costs.
 */
export function tellsNoCost(generate: object): boolean {
  return Reflect.get(generate, TELLS_NO_COST) === true;
}
