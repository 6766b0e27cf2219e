const costless = new WeakSet<object>();

/**
 * Marks a ready-made `generate` that never reports its costs, so that `pnpm run doctor` can say
 * that `maxCostUsd` has no effect.
 * @returns its argument.
 */
export function tellingNoCost<G extends object>(generate: G, tellsNone = true): G {
  if (tellsNone) costless.add(generate);
  return generate;
}

/**
 * Whether a `generate` is known to report no costs. False for the operator's own functions, which
 * may report costs.
 */
export function tellsNoCost(generate: object): boolean {
  return costless.has(generate);
}
