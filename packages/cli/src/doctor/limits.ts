import type { Handler } from '@fulfillment/handlers';
import { tellsNoCost } from '@fulfillment/handlers/internal';
import { type Finding, warning } from './finding.ts';

/**
 * Whether the cost limits can have an effect. They count the cost that `generate` reports, and some
 * generators report none.
 */
export function checkLimits(handlers: readonly Handler[]): Finding[] {
  return handlers
    .filter(({ maxCostUsd, generate }) => maxCostUsd !== undefined && tellsNoCost(generate))
    .map(({ name }) =>
      warning(
        `handler "${name}"`,
        'maxCostUsd has no effect: its generate does not tell what it costs',
        'Give a model its prices; in place of command(…) alone, call it in a function that tells ctx.usage',
      ),
    );
}
