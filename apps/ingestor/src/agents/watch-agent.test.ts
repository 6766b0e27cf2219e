import { defineHandler } from '@fulfillment/handlers';
import { openRuntime, until } from '@fulfillment/platform/test-support';
import { describeHandler, type HandlerMatch, writeMatches } from '@fulfillment/runner';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { poll } from '../poll/poll.ts';
import { checkAgent } from './watch-agent.ts';

const app = await openRuntime();
const { runtime, market, lines, settings } = app;
const agent = runtime.agents.require('agt_1');
const handlers: HandlerMatch[] = [{ name: 'painter', match: 'default' }];
afterAll(() => app[Symbol.asyncDispose]());

const me = { id: 'agt_1', endpoint_url: null, webhook_secret: null };
const ownerless = { ...me, marketable: false };
beforeEach(() => {
  lines.length = 0;
  market.answers['GET /api/agents/me'] = { data: me };
  market.answers['GET /api/agents/agt_1/services'] = {
    data: [{ id: 'srv_1', title: 'A drawing', active: 1 }],
  };
});

const entry = async () => (await runtime.registry.list()).find(({ name }) => name === 'agt_1');
const logged = (part: string) => lines.filter(({ msg }) => String(msg).includes(part));

test('a problem of an agent is logged once, and shown until it is solved', async () => {
  market.answers['GET /api/agents/me'] = { data: ownerless };
  expect(await checkAgent(runtime, agent, handlers)).toBe(true);
  await checkAgent(runtime, agent, handlers);
  expect(logged('has no owner on the marketplace')).toHaveLength(1);
  expect(logged('has no owner')[0]).toMatchObject({
    agentId: 'agt_1',
    agent: 'agt_1',
    code: 'not_marketable',
  });
  expect(await entry()).toMatchObject({ state: 'served', warnings: [{ code: 'not_marketable' }] });
  market.answers['GET /api/agents/me'] = { data: me };
  await checkAgent(runtime, agent, handlers);
  expect(await entry()).toMatchObject({ state: 'served', warnings: [] });
});

test('a key that is rejected while the process runs is noted, and so is its later acceptance', async () => {
  await checkAgent(runtime, agent, handlers);
  market.answers['GET /api/agents/me'] = { status: 401, text: 'Invalid or inactive API key' };
  expect(await checkAgent(runtime, agent, handlers)).toBe(false);
  expect(await entry()).toMatchObject({ id: 'agt_1', state: 'key_rejected' });
  market.answers['GET /api/agents/me'] = { data: me };
  await checkAgent(runtime, agent, handlers);
  expect(await entry()).toMatchObject({ state: 'served' });
});

test('a marketplace that does not answer says nothing about the key', async () => {
  await checkAgent(runtime, agent, handlers);
  market.answers['GET /api/agents/me'] = { status: 503, text: 'down' };
  expect(await checkAgent(runtime, agent, handlers)).toBe(false);
  expect(await entry()).toMatchObject({ state: 'served' });
});

test('a poll that is rejected for its key notes the rejection at once, and a poll that succeeds ends it', async () => {
  market.answers['GET /api/agents/agt_1/orders'] = { status: 401, text: 'Invalid or inactive API key' };
  await expect(poll(runtime, settings, 'agt_1')).rejects.toThrow();
  await until('the rejection', async () => (await entry())?.state === 'key_rejected');
  market.answers['GET /api/agents/agt_1/orders'] = { data: [] };
  await poll(runtime, settings, 'agt_1');
  expect(await entry()).toMatchObject({ id: 'agt_1', state: 'served' });
});

const uncovered = async (...loaded: HandlerMatch[]) => {
  await checkAgent(runtime, agent, loaded);
  return (await entry())?.warnings.filter(({ code }) => code === 'service_without_handler') ?? [];
};
const drawing: HandlerMatch = { name: 'drawing', match: { serviceId: 'srv_1' } };

test('a service that no handler matches is a problem, unless nobody can order it', async () => {
  const services = [
    { id: 'srv_1', title: 'A drawing', active: 1 },
    { id: 'srv_2', title: 'A song', active: 1 },
    { id: 'srv_3', title: 'A dance', active: 0 },
  ];
  market.answers['GET /api/agents/agt_1/services'] = { data: services };
  expect(await uncovered(drawing)).toEqual([
    {
      code: 'service_without_handler',
      text: 'sells "A song", and no handler matches this service: its orders wait in attention',
      advice:
        "Add a handler with match: { serviceId: 'srv_2' }, or one with match: 'default', then send SIGHUP to the generation workers",
    },
  ]);
  expect(
    await uncovered(drawing, { name: 'song', match: { title: { source: '^a SONG$', flags: 'i' } } }),
  ).toEqual([]);
});

test('a match function may match any service, and never runs in this process', async () => {
  let calls = 0;
  const generate = () => [];
  const logo = defineHandler({
    name: 'logo',
    match: ({ brief }) => ++calls > 0 && /logo/.test(brief),
    generate,
  });
  const song = defineHandler({ name: 'song', match: { category: 'coding' }, generate });
  expect(await uncovered(describeHandler(song))).toHaveLength(1);
  expect(await uncovered(describeHandler(song), describeHandler(logo))).toEqual([]);
  expect(calls).toBe(0);
});

test('the handlers that a generation worker loaded last count, and not those of the start', async () => {
  const dance: HandlerMatch = { name: 'dance', match: { serviceId: ['srv_3'] } };
  await runtime.redis.set(runtime.keys.handlers, writeMatches([dance, drawing]));
  expect(await uncovered(dance)).toEqual([]);
  await runtime.redis.set(runtime.keys.handlers, writeMatches([dance]));
  expect(await uncovered(drawing)).toHaveLength(1);
  await runtime.redis.set(runtime.keys.handlers, '[{"name":"x","match":"a kind of a newer version"}]');
  expect(await uncovered(drawing)).toEqual([]);
});
