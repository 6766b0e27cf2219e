import { openRuntime, until } from '@fulfillment/platform/test-support';
import { afterEach, expect, test } from 'vitest';
import { registerEndpoint } from './register-endpoint.ts';

const ENDPOINT = 'https://orders.example.com/webhooks/atelier';
const PUBLIC_URL = 'https://orders.example.com';
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

/** An agent whose webhooks go to `endpointUrl` so far. */
async function agentAt(endpointUrl: string | null, webhookSecret: string | null = 'whsec_old') {
  const app = await openRuntime();
  open.push(app);
  const agent = app.runtime.agents.require('agt_1');
  agent.endpointUrl = endpointUrl;
  agent.webhookSecret = webhookSecret;
  const updates = () => app.market.calls.filter(({ method }) => method === 'PATCH');
  app.market.answers['PATCH /api/agents/me'] = {
    data: { id: 'agt_1', endpoint_url: ENDPOINT, webhook_secret: 'whsec_new' },
  };
  return { ...app, agent, updates };
}

test('webhooks are registered if they go elsewhere', async () => {
  const { runtime, agent, updates } = await agentAt('https://old.example.com/hook');
  await registerEndpoint(runtime, PUBLIC_URL, agent);
  expect(updates().map(({ body }) => JSON.parse(body))).toEqual([{ endpoint_url: ENDPOINT }]);
  expect(agent).toMatchObject({ endpointUrl: ENDPOINT, webhookSecret: 'whsec_old' });
});

test('an agent without a secret takes the secret of the registration', async () => {
  const { runtime, agent } = await agentAt(null, null);
  await registerEndpoint(runtime, PUBLIC_URL, agent);
  expect(agent.webhookSecret).toBe('whsec_new');
});

test('nothing is registered if webhooks arrive here already, or if we have no address', async () => {
  const here = await agentAt(ENDPOINT);
  await registerEndpoint(here.runtime, PUBLIC_URL, here.agent);
  const nowhere = await agentAt('https://old.example.com/hook');
  await registerEndpoint(nowhere.runtime, undefined, nowhere.agent);
  expect([...here.updates(), ...nowhere.updates()]).toEqual([]);
});

test('a registration that fails is logged, and retried until it works', async () => {
  const { runtime, agent, market, lines, updates } = await agentAt(null);
  const good = market.answers['PATCH /api/agents/me'] ?? {};
  market.answers['PATCH /api/agents/me'] = { status: 500, text: 'oops' };
  const registered = registerEndpoint(runtime, PUBLIC_URL, agent);
  await until('the first try', () => lines.some(({ msg }) => msg === 'cannot register webhooks yet'));
  market.answers['PATCH /api/agents/me'] = good;
  await registered;
  expect(updates()).toHaveLength(2);
  expect(agent.endpointUrl).toBe(ENDPOINT);
});

test('a process that stops does not wait for the registration', async () => {
  const { runtime, agent, market, lines } = await agentAt(null);
  market.answers['PATCH /api/agents/me'] = { status: 500, text: 'oops' };
  const registered = registerEndpoint(runtime, PUBLIC_URL, agent);
  await until('the first try', () => lines.some(({ msg }) => msg === 'cannot register webhooks yet'));
  await runtime.close();
  await registered;
});
