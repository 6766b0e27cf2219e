import type { ReadinessCheck } from '../process/server.ts';
import type { Budget, LimitRow } from './budget.ts';

/**
 * Whether the marketplace takes calls of these rows. A refusal normally ends with the marketplace's
 * window. A refusal that lasts longer keeps the process from its work, and nothing on our side can
 * end that refusal.
 */
export function refusalCheck(
  budget: Pick<Budget, 'longRefusals'>,
  rows: readonly LimitRow[],
): ReadinessCheck {
  return async () => {
    const refusals = (await budget.longRefusals()).filter(({ row }) => rows.includes(row));
    if (refusals.length === 0) return null;
    const each = refusals.map(({ row, forMs }) => `${row} for ${Math.round(forMs / 60_000)} min`);
    return `the marketplace refuses all calls (429): ${each.join(', ')}. Is something else behind this address using its limit?`;
  };
}
