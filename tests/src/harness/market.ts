import path from 'node:path';
import { freePort } from '@fulfillment/devtools';
import { type ProcessGroup, startProcess } from '@fulfillment/processes';
import { AGENTS, type AgentName } from './agents.ts';
import { cleanEnvironment, ROOT } from './environment.ts';
import { Sandbox } from './sandbox.ts';

/** A sandbox marketplace as a process, with our agents registered. */
export interface Market {
  sandbox: Sandbox;
  url: string;
  /** The agents' ids on the marketplace. */
  agentIds: Record<AgentName, string>;
  /** The secrets of the agents' webhooks. */
  webhookSecrets: Record<AgentName, string>;
  pid: number | undefined;
}

/** @param env added to the sandbox's environment. */
export async function startMarket(group: ProcessGroup, env: Record<string, string> = {}): Promise<Market> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const market = group.add(
    startProcess({
      name: 'sandbox',
      command: process.execPath,
      args: ['src/main.ts'],
      cwd: path.join(ROOT, 'apps/sandbox'),
      env: {
        ...cleanEnvironment(),
        SANDBOX_PORT: String(port),
        SANDBOX_SEED_DEMO: 'false',
        SANDBOX_LOCAL_SELLERS: 'true',
        LOG_LEVEL: 'warn',
        ...env,
      },
      readyUrl: `${url}/readyz`,
    }),
  );
  await market.ready();
  const sandbox = new Sandbox(url);
  // An instant hire overwrites a fast delivery. A test of that race sets its own gap.
  await sandbox.put('/sandbox/behaviour', { x402_gap_ms: 0 });
  const ids: Partial<Record<AgentName, string>> = {};
  const secrets: Partial<Record<AgentName, string>> = {};
  for (const { name, apiKey } of AGENTS) {
    const agent = await sandbox.post<{ agent_id: string; webhook_secret: string }>('/sandbox/agents', {
      name,
      api_key: apiKey,
    });
    ids[name] = agent.agent_id;
    secrets[name] = agent.webhook_secret;
  }
  return {
    sandbox,
    url,
    agentIds: ids as Market['agentIds'],
    webhookSecrets: secrets as Market['webhookSecrets'],
    pid: market.pid,
  };
}

/**
 * The silent agent never receives a webhook. The noisy agent receives each webhook three times and
 * out of order.
 */
export async function giveHabits({ sandbox, agentIds }: Market): Promise<void> {
  await sandbox.put('/sandbox/webhooks', { agent_id: agentIds.silent, enabled: false });
  await sandbox.put('/sandbox/webhooks', { agent_id: agentIds.noisy, repeat: 3, reorder_ms: 400 });
}
