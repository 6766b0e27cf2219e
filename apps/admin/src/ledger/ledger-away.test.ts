import { startPostgres } from '@fulfillment/ledger/test-support';
import { expect, test, vi } from 'vitest';
import { putOrder, startTestAdmin } from '../test-support/admin.ts';

const REF = { agentId: 'agent_1', orderId: 'ord_1' };

test('while Postgres is away, only the pages that need the ledger say so, and they work again afterwards', async () => {
  await using postgres = await startPostgres();
  const admin = await startTestAdmin({ LEDGER_URL: await postgres.createDatabase() });
  await putOrder(admin.runtime, REF);
  await admin.project();
  expect((await admin.ask('/orders')).body).toContain('A drawing');

  await postgres.crash();
  for (const path of [
    '/',
    '/orders',
    '/orders?q=draw',
    '/money',
    '/orders/export.csv',
    '/money/payouts.csv',
  ]) {
    const { status, body } = await admin.ask(path);
    expect({ path, status }).toEqual({ path, status: 503 });
    expect(body).toContain('The ledger is out of reach');
    expect(body).not.toContain('Redis');
  }
  for (const path of ['/orders/agent_1/ord_1', '/system', '/queues/']) {
    expect({ path, status: (await admin.ask(path)).status }).toEqual({ path, status: 200 });
  }

  await postgres.restart();
  await vi.waitFor(async () => expect((await admin.ask('/orders')).status).toBe(200), 8000);
  await admin.close();
});

test('an open order page follows what happens although the ledger is away', async () => {
  await using postgres = await startPostgres();
  const admin = await startTestAdmin({ LEDGER_URL: await postgres.createDatabase() });
  await postgres.crash();
  const ended = new AbortController();
  const events = await fetch(new URL('/live', admin.address), { signal: ended.signal });
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => (await reader?.read())?.value ?? '';
  const untilChange = async () => {
    while (!(await next()).includes('event: change'));
  };
  // The first event follows the first reading.
  await untilChange();
  await admin.press('/system/queues/generation/pause', {});
  await untilChange();
  ended.abort();
  await admin.close();
});

test('a wrong address names the problem, and not the password', async () => {
  await using postgres = await startPostgres();
  const url = new URL(await postgres.createDatabase());
  url.password = 'hunter2hunter2';
  url.pathname = '/missing';
  const admin = await startTestAdmin({ LEDGER_URL: url.href });
  const { status, body } = await admin.ask('/orders');
  expect(status).toBe(503);
  expect(body).toContain('LEDGER_URL');
  expect(body).not.toContain('hunter2');
  await admin.close();
});
