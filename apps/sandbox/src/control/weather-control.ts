import type { FastifyInstance } from 'fastify';
import { success } from '../api/envelope.ts';
import type { Sandbox } from '../sandbox.ts';
import { CEILINGS, HOUR_MS } from '../weather/rate-limiter.ts';
import { headersOf, type WebhookHabits } from '../webhooks/sender.ts';
import { faultInput, rateLimitInput, rawWebhookInput, webhookInput } from './inputs.ts';
import { read } from './read.ts';

/** The moods of the marketplace: webhooks, rate limits, faults; and the record of what happened. */
export function weatherControl(server: FastifyInstance, sandbox: Sandbox): void {
  const { market, webhooks, limiter, faults, history } = sandbox;

  server.put('/sandbox/webhooks', (request) => {
    const {
      agent_id: agentId,
      reorder_ms: reorderMs,
      retry_delays_ms: retryDelaysMs,
      ...plain
    } = read(webhookInput, request.body);
    const habits = Object.fromEntries(
      Object.entries({ ...plain, reorderMs, retryDelaysMs }).filter(([, value]) => value !== undefined),
    ) as Partial<WebhookHabits>;
    if (agentId === undefined) webhooks.habits = { ...webhooks.habits, ...habits };
    else webhooks.habitsOf.set(market.agent(agentId).id, { ...webhooks.habitsOf.get(agentId), ...habits });
    return success({ all: webhooks.habits, by_agent: Object.fromEntries(webhooks.habitsOf) });
  });

  server.post('/sandbox/webhooks/raw', async (request) => {
    const input = read(rawWebhookInput, request.body);
    const agent = market.agent(input.agent_id);
    const signer = market.agent(input.signed_by ?? input.agent_id);
    const timestamp = Math.floor(Date.now() / 1000) + input.timestamp_offset_seconds;
    const headers = headersOf({ ...signer, id: agent.id }, 'raw', 'raw', input.body, timestamp);
    if (input.signature === 'none') delete headers['x-atelier-signature'];
    if (input.signature === 'wrong') headers['x-atelier-signature'] = `t=${timestamp},v1=${'0'.repeat(64)}`;
    const status = await webhooks.sendRaw(agent, input.body, { ...headers, ...input.headers });
    return success({ status });
  });

  server.put('/sandbox/rate-limit', (request) => {
    const input = read(rateLimitInput, request.body);
    limiter.reset();
    limiter.settings = {
      mode: input.mode,
      windowMs: input.window_ms ?? HOUR_MS,
      ceilings: { ...CEILINGS, ...(input.ceilings as Partial<typeof CEILINGS>) },
    };
    return success(limiter.settings);
  });

  server.post('/sandbox/faults', (request) => {
    const { latency_ms: latencyMs, ...fault } = read(faultInput, request.body);
    faults.add({ ...fault, latencyMs });
    return success(faults.all());
  });
  server.get('/sandbox/faults', () => success(faults.all()));
  server.delete('/sandbox/faults', () => {
    faults.clear();
    return success([]);
  });

  server.get<{ Querystring: { order_id?: string } }>('/sandbox/history', (request) => {
    const { order_id: orderId } = request.query;
    return success({
      calls: history.calls.filter((call) => orderId === undefined || call.order_id === orderId),
      webhooks: webhooks.attempts.filter((attempt) => orderId === undefined || attempt.orderId === orderId),
    });
  });

  server.get('/sandbox/state', () =>
    success({
      agents: market.agents.size,
      services: market.services.size,
      orders: market.orders.size,
      calls: history.calls.length,
      webhook_attempts: webhooks.attempts.length,
      rate_limit: limiter.settings,
      webhooks: webhooks.habits,
      faults: faults.all(),
    }),
  );
}
