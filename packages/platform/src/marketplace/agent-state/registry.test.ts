import { afterAll, expect, test } from 'vitest';
import { openScratch } from '../../test-support/scratch.ts';
import { AgentRegistry } from './registry.ts';
import { agentStanding } from './standing.ts';

const scratch = await openScratch();
const { redis, keys } = scratch;
const registry = new AgentRegistry(redis, keys);
afterAll(() => scratch[Symbol.asyncDispose]());

const WARNING = { code: 'no_payout_wallet', text: 'has no payout wallet', advice: 'Set one' } as const;

test('an agent whose key is rejected keeps its id, its name and its last signs of life', async () => {
  await registry.noteServed('painter', 'agt_1', [WARNING]);
  await redis.hset(keys.polling('agt_1'), 'polledAt', 1000, 'heardAt', 2000);
  await registry.noteServed('painter', 'agt_1');
  const served = { name: 'painter', id: 'agt_1', state: 'served', polledAt: 1000, heardAt: 2000 };
  expect(await registry.list()).toMatchObject([{ ...served, warnings: [WARNING] }]);
  await registry.noteRejected('painter', null);
  expect(await registry.list()).toMatchObject([{ ...served, state: 'key_rejected' }]);
  expect(await registry.names()).toEqual(new Map([['agt_1', 'painter']]));
});

test('an agent whose key was never accepted is listed without an id, and gets it from the configuration', async () => {
  await registry.noteRejected('writer', null);
  const writer = async () => (await registry.list()).find(({ name }) => name === 'writer');
  expect(await writer()).toMatchObject({ id: null, state: 'key_rejected', polledAt: null, heardAt: null });
  await registry.noteRejected('writer', 'agt_2');
  expect(await writer()).toMatchObject({ id: 'agt_2' });
});

test('nobody knows whether an agent can earn before its first check, and a rejected key keeps the answer', async () => {
  const standing = async () =>
    (await registry.list()).filter(({ name }) => name === 'poet').map(agentStanding);
  await registry.noteServed('poet', 'agt_3');
  expect(await standing()).toEqual([{ canBeHired: null, canBePaid: null }]);
  await registry.noteServed('poet', 'agt_3', [WARNING]);
  await registry.noteServed('poet', 'agt_3');
  await registry.noteRejected('poet', null);
  expect(await standing()).toEqual([{ canBeHired: true, canBePaid: false }]);
  const suspended = { code: 'agent_moderation', text: 'is suspended', advice: 'Ask' } as const;
  await registry.noteServed('poet', 'agt_3', [suspended]);
  expect(await standing()).toEqual([{ canBeHired: false, canBePaid: true }]);
  await registry.noteServed('poet', 'agt_4');
  expect(await standing()).toEqual([{ canBeHired: null, canBePaid: null }]);
});

test('another agent under the same name does not inherit warnings', async () => {
  await registry.noteServed('painter', 'agt_1', [WARNING]);
  await registry.noteServed('painter', 'agt_9');
  expect((await registry.list()).find(({ name }) => name === 'painter')).toMatchObject({ warnings: [] });
});

test('an agent that nobody checked for a day is no longer listed, and its orders keep its name', async () => {
  const old = { id: 'agt_old', state: 'served', warnings: [], checkedAt: Date.now() - 25 * 3600_000 };
  await redis.hset(keys.agents, 'gone', JSON.stringify(old), 'damaged', '{');
  expect((await registry.list()).map(({ name }) => name)).not.toContain('gone');
  expect((await registry.names()).get('agt_old')).toBe('gone');
});
