const costless = new WeakSet<object>();

/**
 * Marks a ready-made `generate` that never tells what it costs, so that `pnpm run doctor` can say that `maxCostUsd` has no effect.
 * @returns what it was given.
 */
export function tellingNoCost<G extends object>(generate: G, tellsNone = true): G {
  if (tellsNone) costless.add(generate);
  return generate;
}

/** Whether a `generate` is known to tell no cost; false for one of the operator's own, which may. */
export function tellsNoCost(generate: object): boolean {
  return costless.has(generate);
}
