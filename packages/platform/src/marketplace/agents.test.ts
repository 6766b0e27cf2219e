import { ConfigurationError } from '@fulfillment/shared';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { StepError } from '../telemetry/failures.ts';
import { openMarket } from '../test-support/market.ts';
import { openLog, until } from '../test-support/scratch.ts';
import { type AgentCredentials, Agents, type KnownAgent } from './agents.ts';

const market = await openMarket();
afterAll(() => market[Symbol.asyncDispose]());
const { log, lines, texts } = openLog();
const never = new AbortController().signal;

/** Which agent each key belongs to. The server refuses any other key. */
let owners: Record<string, string> = {};
beforeEach(() => {
  owners = { 'atelier_key-one': 'agt_1', 'atelier_key-two': 'agt_2' };
  market.answers['GET /api/agents/me'] = ({ key }) => {
    const id = owners[key];
    if (id === undefined) return { status: 401, text: 'Invalid or inactive API key' };
    return { data: { id, name: id, endpoint_url: `https://${id}.example`, webhook_secret: `whsec_${id}` } };
  };
});

const one: AgentCredentials = { name: 'one', apiKey: 'atelier_key-one' };
const two: AgentCredentials = { name: 'two', apiKey: 'atelier_key-two' };
const bad: AgentCredentials = { name: 'bad', apiKey: 'atelier_key-bad' };
const agentsOf = (...configured: AgentCredentials[]) =>
  new Agents(configured, { baseUrl: market.url }, { log });

function failureOf(agents: Agents, id: string) {
  try {
    agents.require(id);
  } catch (error) {
    expect(error).toBeInstanceOf(StepError);
    return (error as StepError).failure;
  }
  throw new Error(`${id} was found`);
}

test('without any agent, an error says what to set', () => {
  expect(() => agentsOf()).toThrow(ConfigurationError);
  expect(() => agentsOf()).toThrow(/ATELIER_API_KEY/);
});

test('each agent has the id of the marketplace and its own key', async () => {
  const agents = agentsOf(one, two);
  await agents.identify(never);
  expect(agents.isComplete).toBe(true);
  expect(agents.all().map(({ id, name }) => [id, name])).toEqual([
    ['agt_1', 'one'],
    ['agt_2', 'two'],
  ]);
  expect(agents.require('agt_2')).toMatchObject({
    webhookSecret: 'whsec_agt_2',
    endpointUrl: 'https://agt_2.example',
  });
  await agents.require('agt_2').client.agents.me();
  expect(market.calls.at(-1)?.key).toBe('atelier_key-two');
});

test('a configured webhook secret overrides the secret of the marketplace', async () => {
  const agents = agentsOf({ ...one, webhookSecret: 'whsec_mine' });
  await agents.identify(never);
  expect(agents.require('agt_1').webhookSecret).toBe('whsec_mine');
});

test('a rejected key stops no other agent, and is reported without being shown', async () => {
  const agents = agentsOf(bad, one);
  await agents.identify(never);
  expect(agents.isComplete).toBe(true);
  expect(agents.all().map(({ id }) => id)).toEqual(['agt_1']);
  expect(lines).toContainEqual(expect.objectContaining({ agent: 'bad', level: 50 }));
  expect(texts.join('')).not.toContain('key-bad');
});

test('a key that is rejected once is checked again', async () => {
  const known = market.answers['GET /api/agents/me'];
  const refusals = [{ status: 401, text: 'Invalid or inactive API key' }];
  market.answers['GET /api/agents/me'] = (call) =>
    refusals.shift() ?? (typeof known === 'function' ? known(call) : {});
  const agents = agentsOf(one);
  await agents.identify(never);
  expect(agents.all().map(({ id }) => id)).toEqual(['agt_1']);
});

test('an agent with a rejected key is served once its key is accepted', async () => {
  const agents = new Agents([bad, one], { baseUrl: market.url }, { log, refusedRetryMs: 50 });
  await agents.identify(never);
  const told: string[] = [];
  agents.onKnown(({ id }) => told.push(id));
  owners['atelier_key-bad'] = 'agt_3';
  await until('the agent', () => told.includes('agt_3'));
  expect(agents.require('agt_3').name).toBe('bad');
});

test('if every key is rejected, the configuration is wrong', async () => {
  const identified = agentsOf(bad, { ...bad, name: 'worse' }).identify(never);
  await expect(identified).rejects.toThrow(ConfigurationError);
  await expect(identified).rejects.toThrow(/\(bad, worse\).*ATELIER_API_KEY/);
});

test('a process that works without agents continues, and serves an agent once its key is accepted', async () => {
  const agents = new Agents([bad], { baseUrl: market.url }, { log, refusedRetryMs: 50 });
  const rejected: string[] = [];
  agents.onRejected(({ name }) => rejected.push(name));
  await agents.identify(never, { needsAgents: false });
  await until('another rejection', () => rejected.length >= 2);
  owners['atelier_key-bad'] = 'agt_3';
  await until('the agent', () => agents.find('agt_3'));
});

test('a configured id of another agent is a wrong configuration', async () => {
  await expect(agentsOf({ ...one, id: 'agt_2' }).identify(never)).rejects.toThrow(
    'Agent "one" is configured as agt_2, but its key belongs to agt_1.',
  );
  await agentsOf({ ...one, id: 'agt_1' }).identify(never);
});

test('two entries with one key or one name are an error at once', async () => {
  const twice = agentsOf(one, { ...one, name: 'again' });
  await twice.identify(never);
  expect(twice.isComplete).toBe(true);
  const same = agentsOf(bad, { ...bad }, one);
  await same.identify(never);
  expect(same.isComplete).toBe(true);
});

test('a silent marketplace is asked again until it answers, and jobs wait meanwhile', async () => {
  let isUp = false;
  const answers = market.answers['GET /api/agents/me'];
  market.answers['GET /api/agents/me'] = (call) => {
    if (!isUp) return { drop: true };
    return typeof answers === 'function' ? answers(call) : {};
  };
  const agents = agentsOf(one);
  const identified = agents.identify(never);
  await until('a warning', () => lines.some((line) => line.retryInMs === 500));
  expect(agents.isComplete).toBe(false);
  expect(failureOf(agents, 'agt_1').kind).toBe('throttled');
  isUp = true;
  await identified;
  expect(agents.isComplete).toBe(true);
  expect(failureOf(agents, 'agt_9')).toMatchObject({
    kind: 'throttled',
    raiseSoon: true,
    reason: expect.stringContaining('agt_9'),
  });
});

test('listeners get every agent once, whether it is identified before or after', async () => {
  const agents = agentsOf(one, two);
  const before: string[] = [];
  const after: string[] = [];
  agents.onKnown(({ id }: KnownAgent) => before.push(id));
  await agents.identify(never);
  agents.onKnown(({ id }) => after.push(id));
  expect(before.toSorted()).toEqual(['agt_1', 'agt_2']);
  expect(after.toSorted()).toEqual(['agt_1', 'agt_2']);
});

test('the identification ends when the process stops', async () => {
  market.answers['GET /api/agents/me'] = { drop: true };
  const stop = new AbortController();
  const agents = agentsOf(one);
  const identified = agents.identify(stop.signal);
  stop.abort();
  await identified;
  expect(agents.all()).toEqual([]);
});
