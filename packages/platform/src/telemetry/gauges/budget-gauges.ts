import type { Budget, BudgetState } from '../../budget/budget.ts';
import type { Metrics } from '../metrics.ts';

/**
 * Exports the API budget of one address: calls used and held, deliveries left, and calls that the
 * marketplace rate-limits.
 */
export function exportBudget(metrics: Metrics, budget: Budget, egress: string): void {
  const scope = 'egress' as const;
  const number = (name: string, help: string, value: (state: BudgetState) => number) =>
    metrics.sharedGauge({
      name: `fulfillment_api_${name}`,
      help,
      labels: ['egress'],
      scope,
      collect: async (set) => set({ egress }, value(await budget.state())),
    });
  number('calls_used', 'Calls counted in the API window', ({ used }) => used);
  number('deliveries_left', 'Deliveries that can still go in the API window', ({ left }) => left);
  metrics.sharedGauge({
    name: 'fulfillment_api_refused_until_seconds',
    help: 'Until when the marketplace refuses calls, as a Unix time',
    labels: ['egress', 'row'],
    scope,
    collect: async (set) => {
      for (const [row, until] of Object.entries((await budget.state()).refusedUntil)) {
        set({ egress, row }, until / 1000);
      }
    },
  });
  metrics.sharedGauge({
    name: 'fulfillment_api_refused_since_seconds',
    help: 'Since when the marketplace has refused all calls of a row, as a Unix time. Absent: the marketplace takes them',
    labels: ['egress', 'row'],
    scope,
    collect: async (set) => {
      for (const [row, since] of Object.entries((await budget.state()).refusedSince)) {
        set({ egress, row }, since / 1000);
      }
    },
  });
  metrics.sharedGauge({
    name: 'fulfillment_api_calls_held',
    help: 'How often calls were held back in the API window, since deliveries need it',
    labels: ['egress', 'class'],
    scope,
    collect: async (set) => {
      for (const [callClass, count] of Object.entries((await budget.state()).held)) {
        set({ egress, class: callClass }, count);
      }
    },
  });
}
