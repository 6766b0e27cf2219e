import type { FastifyInstance } from 'fastify';
import { success } from '../api/entrance/envelope.ts';
import { Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Habits } from '../webhooks/habits.ts';
import { given, shown } from './fields.ts';
import { rawWebhookInput, webhookInput } from './inputs/weather.ts';
import { read } from './read.ts';

/** Serves the habits of webhooks, and a call that sends any webhook. */
export function webhookControl(server: FastifyInstance, { market, webhooks }: Sandbox): void {
  const { directory } = market;

  server.put('/sandbox/webhooks', (request) => {
    const { agent_id: agentId, enabled, loss, repeat, ...waits } = read(webhookInput, request);
    const habits = given({
      enabled,
      loss,
      repeat,
      reorderMs: waits.reorder_ms,
      retryDelaysMs: waits.retry_delays_ms,
      timeoutMs: waits.timeout_ms,
    });
    webhooks.habits.change(agentId === undefined ? null : directory.agent(agentId).id, habits);
    return success(showHabits(webhooks.habits));
  });

  server.post('/sandbox/webhooks/raw', async (request) => {
    const input = read(rawWebhookInput, request);
    const agent = directory.agent(input.agent_id);
    if (agent.endpointUrl === null) throw new Refusal(400, 'This agent has no endpoint_url');
    const timestampSeconds = Math.floor(Date.now() / 1000) + input.timestamp_offset_seconds;
    const sent = await webhooks.sendRaw(agent, {
      event: input.event,
      body: typeof input.body === 'string' ? input.body : JSON.stringify(input.body ?? null),
      timestampSeconds,
      signer: directory.agent(input.signed_by ?? agent.id),
      headers: { ...signatureOverride(input.signature, timestampSeconds), ...lowerCased(input.headers) },
    });
    return success(sent);
  });
}

/** The habits for all agents, and the different habits of some agents. */
export function showHabits(habits: Habits): Record<string, unknown> {
  const { all, byAgent } = habits.show();
  const byId = Object.entries(byAgent).map(([agentId, own]) => [agentId, shown(own)]);
  return { all: shown(all), by_agent: Object.fromEntries(byId) };
}

function signatureOverride(
  signature: 'valid' | 'wrong' | 'none',
  timestampSeconds: number,
): Record<string, string | undefined> {
  if (signature === 'valid') return {};
  const wrong = `t=${timestampSeconds},v1=${'0'.repeat(64)}`;
  return { 'x-atelier-signature': signature === 'wrong' ? wrong : undefined };
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
