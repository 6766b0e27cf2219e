import path from 'node:path';
import { freePort, type ProcessGroup, startProcess } from '@fulfillment/devtools';
import { AGENTS, type AgentName } from './agents.ts';
import { cleanEnvironment, ROOT } from './environment.ts';
import { Sandbox } from './sandbox.ts';

/** A sandbox marketplace as a process, with our agents registered. */
export interface Market {
  sandbox: Sandbox;
  url: string;
  /** The agents' ids on the marketplace. */
  agentIds: Record<AgentName, string>;
}

export async function startMarket(group: ProcessGroup): Promise<Market> {
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
        LOG_LEVEL: 'warn',
      },
      readyUrl: `${url}/readyz`,
    }),
  );
  await market.ready();
  const sandbox = new Sandbox(url);
  const ids: Partial<Record<AgentName, string>> = {};
  for (const { name, apiKey } of AGENTS) {
    const agent = await sandbox.post<{ agent_id: string }>('/sandbox/agents', { name, api_key: apiKey });
    ids[name] = agent.agent_id;
  }
  return { sandbox, url, agentIds: ids as Market['agentIds'] };
}

/** Silent never hears a webhook, noisy hears each three times and out of order. */
export async function giveHabits({ sandbox, agentIds }: Market): Promise<void> {
  await sandbox.put('/sandbox/webhooks', { agent_id: agentIds.silent, enabled: false });
  await sandbox.put('/sandbox/webhooks', { agent_id: agentIds.noisy, repeat: 3, reorder_ms: 400 });
}
