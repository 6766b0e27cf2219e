import { Pauses } from '@fulfillment/platform';
import { decide, type OrderRef } from '@fulfillment/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD, putOrder, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';

const REF = { agentId: 'agent_1', orderId: 'ord_held' };
const OTHER = { agentId: 'agent_1', orderId: 'ord_free' };

let admin: TestAdmin;
beforeAll(async () => {
  admin = await startTestAdmin();
  await putOrder(admin.runtime, REF, { fields: { service_title: 'The held one' } });
  await putOrder(admin.runtime, OTHER, { fields: { status: 'delivered', service_title: 'The free one' } });
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

test('an operator pauses a queue, and every page says who did so, since when, and which orders wait', async () => {
  expect((await admin.ask('/system')).body).not.toContain('paused by');
  const pressed = await admin.press('/system/queues/generation/pause', {});
  expect([pressed.status, pressed.headers.location]).toEqual([303, '/system']);
  expect(await isPaused()).toBe(true);

  const paused =
    /paused by operator <time datetime="[^"]+" title="\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC">just now/;
  expect((await admin.ask('/system')).body).toMatch(paused);
  const list = (await admin.ask('/')).body;
  expect(list).toMatch(new RegExp(`Queue generation is ${paused.source}`));
  expect(list).toContain('1 job waits in it');
  expect((await admin.ask('/orders/agent_1/ord_held')).body).toContain('This order waits: queue generation');
  expect((await admin.ask('/orders/agent_1/ord_free')).body).not.toContain('This order waits');

  await admin.press('/system/queues/generation/resume', {});
  expect(await isPaused()).toBe(false);
  expect((await admin.ask('/')).body).not.toContain('paused by');
});

test('a form of a page that shows an earlier state changes nothing, and says what changed', async () => {
  const { redis, keys, queues } = admin.runtime;
  const pauses = new Pauses(redis, keys, queues);
  const shown = async () => {
    const { body } = await admin.ask('/system');
    const at = body.slice(body.indexOf('action="/system/queues/messages/'));
    return /name="since" value="([^"]*)"/.exec(at)?.[1] ?? 'none';
  };
  const press = (action: string, since: string) =>
    admin.press(`/system/queues/messages/${action}`, { since });
  const running = await shown();
  await pauses.pause('messages', 'ann');
  const second = await press('pause', running);
  expect([second.status, second.body]).toEqual([
    409,
    expect.stringContaining('Queue messages was paused by ann meanwhile. Nothing was changed.'),
  ]);
  const paused = await shown();
  await pauses.resume('messages');
  const late = await press('resume', paused);
  expect([late.status, late.body]).toEqual([409, expect.stringContaining('has been resumed meanwhile')]);

  await queues.get('messages').pause();
  const byProgram = await press('pause', running);
  expect(byProgram.body).toContain('was paused by another program meanwhile');
  expect((await press('resume', await shown())).status).toBe(303);
  expect(await queues.get('messages').isPaused()).toBe(false);
  expect((await press('pause', await shown())).status).toBe(303);
  expect((await press('resume', await shown())).status).toBe(303);
});

test('a pause of the messages says that only a message waits, not the order', async () => {
  const step = { name: 'send', kind: 'delayed', round: '0', attempt: 0 } as const;
  await admin.runtime.queues.ensure(REF, step, Date.now());
  await admin.press('/system/queues/messages/pause', {});
  const { body } = await admin.ask('/orders/agent_1/ord_held');
  expect(body).toMatch(/A message to the buyer waits: queue messages is paused by operator/);
  expect(body).toContain('Everything else about the order continues.');
  expect(body).not.toContain('This order waits');
  await admin.press('/system/queues/messages/resume', {});
});

test('each queue, and all of them, are one click away from Bull Board', async () => {
  const { body } = await admin.ask('/system');
  for (const path of ['/queues/', '/queues/queue/generation']) {
    expect(body).toContain(`href="${path}"`);
    expect((await admin.ask(path)).status).toBe(200);
  }
});

test('the page offers no other action, and no other queue', async () => {
  for (const path of ['/system/queues/generation/obliterate', '/system/queues/nothing/pause']) {
    expect((await admin.press(path, {})).status).toBe(404);
  }
});

test('in read-only mode, a queue is visible but cannot be paused', async () => {
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

test('the page shows the apps that run, what they work on, and which app is missing', async () => {
  const { processes } = admin.runtime;
  const entry = {
    app: 'generation-worker',
    host: '<b>gpu-7</b>',
    pid: 71,
    version: '0.1.0',
    startedAt: Date.now() - 3_600_000,
    jobs: [{ name: 'generate', orderId: 'ord_held' }],
    running: 3,
  };
  await processes.note(entry);
  const { body } = await admin.ask('/system');
  expect(body).toMatch(
    /<b class="nowrap">generation-worker<\/b>.*&lt;b&gt;gpu-7&lt;.*1 h ago.*generate<.*href="\/orders\?q=ord_held".*and 2 more/s,
  );
  expect(body).toContain('No ingestor runs.');
  expect(body).not.toContain('No generation-worker runs.');
  expect(body).toMatch(/Memory of Redis<\/dt><dd>[\d.]+ [kM]B/);
  await processes.remove(entry);
  expect((await admin.ask('/system')).body).toContain('No generation-worker runs.');
});

test('a form that shows two states is rejected', async () => {
  const { status, body } = await admin.ask('/system/queues/messages/pause', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: admin.address },
    body: 'since=1&since=2',
  });
  expect(status).toBe(400);
  expect(body).toContain('The form does not say what its page showed');
});
