const UNKNOWN_COST = Symbol('unknown cost');

/**
 * Marks a ready-made `generate` that never reports its costs, so that `pnpm run doctor` can say
 * that `maxCostUsd` has no effect.
 * @returns its argument.
 */
export function withUnknownCost<G extends object>(generate: G, reportsNone = true): G {
  return reportsNone ? Object.defineProperty(generate, UNKNOWN_COST, { value: true }) : generate;
}

/**
 * Whether a `generate` is known to report no costs. False for the operator's own functions, which
 * may report costs.
 */
export function hasUnknownCost(generate: object): boolean {
  return Reflect.get(generate, UNKNOWN_COST) === true;
}
