import type { Handler } from '@fulfillment/handlers';
import { hasUnknownCost } from '@fulfillment/handlers/internal';
import { type Finding, warning } from './finding.ts';

/**
 * Whether the cost limits can have an effect. They count the cost that `generate` reports, and some
 * generators report none.
 */
export function checkLimits(handlers: readonly Handler[]): Finding[] {
  return handlers
    .filter(({ maxCostUsd, generate }) => maxCostUsd !== undefined && hasUnknownCost(generate))
    .map(({ name }) =>
      warning(
        `handler "${name}"`,
        'maxCostUsd has no effect: its generate does not report its cost',
        'Set the prices of the model. For command(…), call it in a function that reports with ctx.usage',
      ),
    );
}
