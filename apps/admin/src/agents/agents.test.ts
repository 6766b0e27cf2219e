import { WebhookLoss } from '@fulfillment/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';

const REF = { agentId: 'agent_1', orderId: 'ord_held' };

let admin: TestAdmin;
beforeAll(async () => {
  admin = await startTestAdmin();
  await putOrder(admin.runtime, REF, { fields: { service_title: 'The held one' } });
});
afterAll(() => admin.close());

test('deliveries without a limit show no countdown', async () => {
  const unlimited = await startTestAdmin({ BUDGET_CALLS: '1000000' });
  expect((await unlimited.ask('/agents')).body).toMatch(/Deliveries left<\/dt><dd>not limited/);
  expect((await admin.ask('/')).body).toContain('30 delivery calls left');
  await unlimited.close();
});

test('the budget is shown with its window, before and after its first call', async () => {
  const fresh = await startTestAdmin({ BUDGET_WINDOW_SECONDS: '3600' });
  const window = async () => /<dt>Window<\/dt><dd>(.*?)<\/dd>/s.exec((await fresh.ask('/agents')).body)?.[1];
  expect(await window()).toBe('1 h, from the next call');
  await fresh.runtime.budget.admit('deliver', { waiting: 1, generating: 0 });
  expect(await window()).toMatch(/^1 h, ends <time /);
  await fresh.close();
});

test('the page shows lagging reads of the marketplace', async () => {
  expect((await admin.ask('/agents')).body).not.toContain('Reads of the marketplace lag');
  await admin.runtime.readLag.note(90_000);
  expect((await admin.ask('/agents')).body).toMatch(
    /Reads of the marketplace lag<\/dt>\s*<dd>by 90 s or more/,
  );
});

test('an agent with a rejected key is shown with its last poll and webhook, and its orders keep its name', async () => {
  const { registry, redis, keys } = admin.runtime;
  const [polledAt, heardAt] = [Date.UTC(2026, 10, 25, 8), Date.UTC(2026, 10, 25, 9)];
  await redis.hset(keys.polling('agent_1'), 'polledAt', polledAt, 'heardAt', heardAt);
  await registry.noteServed('Painter', 'agent_1');
  await registry.noteRejected('Painter', null);
  const { body } = await admin.ask('/agents');
  expect(body).toContain('<span class="pill bad">Rejected</span>');
  expect(body).toContain('2026-11-25 08:00:00 UTC');
  expect(body).toContain('2026-11-25 09:00:00 UTC');
  const list = (await admin.ask('/')).body;
  expect(list).toContain('The marketplace rejects the key of agent "<bdi>Painter</bdi>"');
  expect((await admin.ask('/orders/agent_1/ord_held')).body).toContain('Painter');
});

test('problems of an agent are a line above the orders, and complete on the Agents page', async () => {
  const text = 'has no payout wallet: what it earns cannot be paid out';
  const wallet = {
    code: 'no_payout_wallet',
    text,
    advice: 'Set a payout wallet for the agent on Atelier',
  } as const;
  const owner = { code: 'not_marketable', text: 'has no owner', advice: 'Claim it' } as const;
  await admin.runtime.registry.noteServed('Painter', 'agent_1', [wallet, owner]);
  expect((await admin.ask('/')).body).toMatch(/has no payout wallet[^.]*and 1 more warning/);
  const { body } = await admin.ask('/agents');
  for (const part of [text, wallet.advice, owner.text, owner.advice]) expect(body).toContain(part);
  await admin.runtime.registry.noteServed('Painter', 'agent_1', []);
  expect((await admin.ask('/')).body).not.toContain('payout wallet');
});

test('an agent shows whether it can be hired and paid, and who paused its work', async () => {
  const { registry, workPauses } = admin.runtime;
  const row = async () =>
    /<tr>\s*<td class="wide"><b><bdi>Poet<.*?<\/tr>/s.exec((await admin.ask('/agents')).body)?.[0];
  await registry.noteServed('Poet', 'agent_7');
  expect(await row()).toMatch(
    /Can be hired"><span class="muted">not checked yet<.*Work"><span class="pill ok">Running/s,
  );
  const suspended = { code: 'agent_moderation', text: 'is suspended', advice: 'Ask' } as const;
  await registry.noteServed('Poet', 'agent_7', [suspended]);
  await workPauses.pause('service', 'agent_7', 'bob');
  expect(await row()).toMatch(
    /Can be hired"><span class="pill bad">No<.*Can be paid"><span class="pill ok">Yes<.*>Running</s,
  );
  await workPauses.pause('agent', 'agent_7', 'ann');
  expect(await row()).toMatch(/>Paused<.*by <bdi>ann<.*just now/s);
  await registry.noteServed('Poet', 'agent_7', []);
});

test('an agent shows the share of new orders whose webhooks are lost', async () => {
  const { registry, redis, keys, store } = admin.runtime;
  const cell = async () => /Webhooks lost">(.*?)<\/td>/s.exec((await admin.ask('/agents')).body)?.[1];
  for (const { name } of await registry.list()) await redis.hdel(keys.agents, name);
  await registry.noteServed('Poet', 'agent_9', []);
  expect(await cell()).toContain('no new order');
  const loss = new WebhookLoss(redis, keys);
  await loss.note('agent_9', { arrivals: 3, unannounced: 0 }, await store.now());
  expect(await cell()).toMatch(/^0 % <small>0 of 3/);
  await loss.note('agent_9', { arrivals: 1, unannounced: 1 }, await store.now());
  expect(await cell()).toMatch(/caution.*25 % <small>1 of 4/);
});

test('the System page leads to the Agents page for each agent with a problem', async () => {
  await admin.runtime.registry.noteRejected('Poet', 'agent_9');
  expect((await admin.ask('/system')).body).toMatch(/rejects the key of agent "<bdi>Poet.*href="\/agents"/s);
});
