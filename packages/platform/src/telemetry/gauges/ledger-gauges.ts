import type { Metrics } from '../metrics.ts';
import type { FleetState } from './fleet-state.ts';

/** How far the ledger is behind the records. Left out if no ledger has ever run. */
export function exportLedger(metrics: Metrics, { feed }: FleetState): void {
  metrics.sharedGauge({
    name: 'fulfillment_ledger_pending_orders',
    help: 'Orders whose last change the ledger has not read yet (absent without a ledger)',
    labels: [],
    scope: 'fleet',
    collect: async (set) => {
      const { registeredAt, pending } = await feed.state();
      if (registeredAt !== null) set({}, pending);
    },
  });
  metrics.sharedGauge({
    name: 'fulfillment_ledger_lag_seconds',
    help: 'How long the oldest of these changes has waited for the ledger (absent without a ledger)',
    labels: [],
    scope: 'fleet',
    collect: async (set) => {
      const { registeredAt, lagMs } = await feed.state();
      if (registeredAt !== null) set({}, lagMs / 1000);
    },
  });
}
