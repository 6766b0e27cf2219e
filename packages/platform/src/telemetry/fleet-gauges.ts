import type { Budget, BudgetState } from '../budget/budget.ts';
import type { Pauses } from '../jobs/pauses.ts';
import type { Queues } from '../jobs/queues.ts';
import type { AgentRegistry } from '../marketplace/agent-state/registry.ts';
import type { ReadLag } from '../marketplace/read-lag.ts';
import type { RecordStore } from '../record-store/record-store.ts';
import type { Metrics } from './metrics.ts';
import { exportOrders } from './order-gauges.ts';
import { exportQueues } from './queue-gauges.ts';

/** What the numbers of the whole fleet are read from. */
export interface FleetState {
  store: RecordStore;
  queues: Queues;
  pauses: Pauses;
  budget: Budget;
  /** Which budget it is: processes behind one address share it. */
  egress: string;
  registry: AgentRegistry;
  readLag: ReadLag;
}

/** Exports what is the same in every process: orders, queues, agents, and the API budget of this process' address. */
export function exportFleet(metrics: Metrics, state: FleetState): void {
  exportOrders(metrics, state);
  exportQueues(metrics, state);
  exportAgents(metrics, state.registry);
  exportBudget(metrics, state.budget, state.egress);
  metrics.sharedGauge({
    name: 'fulfillment_marketplace_read_lag_seconds',
    help: 'The longest lag of the reads of the marketplace that was noticed within a day; 0: none',
    labels: [],
    scope: 'fleet',
    collect: async (set) => set({}, (await state.readLag.current()) / 1000),
  });
}

function exportAgents(metrics: Metrics, registry: AgentRegistry): void {
  const scope = 'fleet' as const;
  metrics.sharedGauge({
    name: 'fulfillment_agent_state',
    help: '1 for the state an agent is in: served, or key_rejected',
    labels: ['agent', 'state'],
    scope,
    collect: async (set) => {
      for (const { name, state } of await registry.list()) set({ agent: name, state }, 1);
    },
  });
  metrics.sharedGauge({
    name: 'fulfillment_agent_warnings',
    help: 'What keeps buyers from hiring an agent, or its earnings from being paid out, by code',
    labels: ['agent', 'code'],
    scope,
    collect: async (set) => {
      for (const { name, warnings } of await registry.list()) {
        for (const { code } of warnings)
          set({ agent: name, code }, warnings.filter((warning) => warning.code === code).length);
      }
    },
  });
  const signs = [
    ['fulfillment_agent_last_poll_timestamp_seconds', 'When an agent was polled last', 'polledAt'],
    ['fulfillment_agent_last_webhook_timestamp_seconds', 'When a webhook of an agent came last', 'heardAt'],
  ] as const;
  for (const [name, help, sign] of signs) {
    metrics.sharedGauge({
      name,
      help: `${help}, as a Unix time`,
      labels: ['agent'],
      scope,
      collect: async (set) => {
        for (const agent of await registry.list()) {
          const at = agent[sign];
          if (at !== null) set({ agent: agent.name }, at / 1000);
        }
      },
    });
  }
}

function exportBudget(metrics: Metrics, budget: Budget, egress: string): void {
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
    help: 'Since when the marketplace has refused all calls of a row, as a Unix time; absent: it takes them',
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
