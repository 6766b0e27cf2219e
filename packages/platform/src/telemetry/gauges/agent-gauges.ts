import type { AgentRegistry } from '../../marketplace/agent-state/registry.ts';
import type { Metrics } from '../metrics.ts';

/**
 * Exports the state of each agent, its warnings, and when its last poll and its last webhook
 * happened.
 */
export function exportAgents(metrics: Metrics, registry: AgentRegistry): void {
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
