import type { Metrics } from '../metrics.ts';
import { exportAgents } from './agent-gauges.ts';
import { exportBudget } from './budget-gauges.ts';
import type { FleetState } from './fleet-state.ts';
import { exportLedger } from './ledger-gauges.ts';
import { exportOrders } from './order-gauges.ts';
import { exportQueues } from './queue-gauges.ts';

/**
 * Exports what is the same in every process: orders, queues, agents, the ledger's lag, and the API
 * budget of this process' address.
 */
export function exportFleet(metrics: Metrics, state: FleetState): void {
  exportOrders(metrics, state);
  exportQueues(metrics, state);
  exportAgents(metrics, state.registry);
  exportLedger(metrics, state);
  exportBudget(metrics, state.budget, state.egress);
  metrics.sharedGauge({
    name: 'fulfillment_marketplace_read_lag_seconds',
    help: 'The longest lag of the reads of the marketplace that was noticed within a day. 0: none',
    labels: [],
    scope: 'fleet',
    collect: async (set) => set({}, (await state.readLag.current()) / 1000),
  });
}
