import { decide, type OrderRef } from '@fulfillment/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD, putOrder, startTestAdmin, type TestAdmin } from '../test-admin.ts';

const REF = { agentId: 'agent_1', orderId: 'ord_held' };
const OTHER = { agentId: 'agent_1', orderId: 'ord_free' };

let admin: TestAdmin;
beforeAll(async () => {
  admin = await startTestAdmin();
  await putOrder(admin.runtime, REF, { service_title: 'The held one' });
  await putOrder(admin.runtime, OTHER, { status: 'delivered', service_title: 'The free one' });
  await settle(REF);
  await settle(OTHER);
  await admin.runtime.queues.ensure(REF, { name: 'generate', round: '0', attempt: 0 }, Date.now());
});
afterAll(() => admin.close());

async function settle(ref: OrderRef): Promise<void> {
  const { store, policy } = admin.runtime;
  const record = await store.load(ref);
  if (record !== null) await store.settle(record, decide(record, policy, record.loadedAt));
}

const isPaused = () => admin.runtime.queues.get('generation').isPaused();

test('an operator pauses a queue, and every page says who did, since when, and what it holds up', async () => {
  expect((await admin.ask('/system')).body).not.toContain('paused by');
  const pressed = await admin.press('/system/queues/generation/pause', {});
  expect([pressed.status, pressed.headers.location]).toEqual([303, '/system']);
  expect(await isPaused()).toBe(true);

  const paused = /paused by operator since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/;
  expect((await admin.ask('/system')).body).toMatch(paused);
  const list = (await admin.ask('/')).body;
  expect(list).toMatch(new RegExp(`Queue generation is ${paused.source}`));
  expect(list).toContain('1 job waits in it');
  const [held, free] = ['The held one', 'The free one'].map(
    (title) => list.slice(list.indexOf(title)).split('</tr>')[0],
  );
  expect(held).toMatch(new RegExp(`Held up: queue generation is ${paused.source}`));
  expect(free).not.toContain('Held up');
  expect((await admin.ask('/orders/agent_1/ord_held')).body).toContain('Held up: queue generation');
  expect((await admin.ask('/orders/agent_1/ord_free')).body).not.toContain('Held up');

  await admin.press('/system/queues/generation/resume', {});
  expect(await isPaused()).toBe(false);
  expect((await admin.ask('/')).body).not.toContain('Held up');
});

test('there is nothing else to do to a queue, and no other queue', async () => {
  for (const path of ['/system/queues/generation/obliterate', '/system/queues/nothing/pause']) {
    expect((await admin.press(path, {})).status).toBe(404);
  }
});

test('in read-only mode a queue can be seen, and not paused', async () => {
  const readOnly = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD, ADMIN_READ_ONLY: 'true' });
  const cookie = await readOnly.logIn();
  expect((await readOnly.press('/system/queues/generation/pause', {}, { cookie })).status).toBe(403);
  const { body } = await readOnly.ask('/system', { headers: { cookie } });
  expect(body).toContain('generation');
  expect(body).not.toContain('<form method="post" action="/system');
  await readOnly.close();
});

test('metrics show which queue is paused', async () => {
  await admin.press('/system/queues/messages/pause', {});
  const { body } = await admin.ask('/metrics');
  expect(body).toMatch(/fulfillment_queue_paused\{[^}]*queue="messages"[^}]*\} 1/);
  expect(body).toMatch(/fulfillment_queue_paused\{[^}]*queue="delivery"[^}]*\} 0/);
  await admin.press('/system/queues/messages/resume', {});
});

test('reads of the marketplace that lag are shown', async () => {
  expect((await admin.ask('/')).body).not.toContain('Reads of the marketplace lag');
  await admin.runtime.readLag.note(90_000);
  expect((await admin.ask('/')).body).toMatch(/Reads of the marketplace lag<\/dt>\s*<dd>by 90 s or more/);
});
