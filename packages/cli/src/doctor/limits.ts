import { type Handler, tellsNoCost } from '@fulfillment/handlers';
import { type Finding, warning } from './finding.ts';

/** Whether the limits of cost can have an effect: they count what `generate` tells, and some can tell nothing. */
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
