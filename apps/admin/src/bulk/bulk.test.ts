import { refOf } from '@fulfillment/example-shop';
import { openLedger } from '@fulfillment/ledger';
import { until } from '@fulfillment/platform/test-support';
import type { OrderRef } from '@fulfillment/shared';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putOrder } from '../test-support/admin.ts';
import { type ExampleAdmin, startExampleAdmin } from '../test-support/example-admin.ts';
import type { BulkPlan } from './bulk-run.ts';
import { type SelectionForm, selectOrders } from './bulk-selection.ts';
import { startBulk } from './start-bulk.ts';

const GROUP = { kind: 'failed', title: 'Handler "copy" failed' };
let admin: ExampleAdmin;
beforeAll(async () => {
  admin = await startExampleAdmin();
});
afterAll(() => admin.close());

const refsOf = (plot: string) => admin.orders.filter((order) => order.plot === plot).map(refOf);
const retries = async (ref: OrderRef) =>
  (await admin.runtime.store.load(ref))?.facts.filter(({ type }) => type === 'operator_retried').length;

const plain = (attribute: string) => attribute.replaceAll('&quot;', '"');

async function preview(form: [string, string][]): Promise<{ body: string; start: string }> {
  const { body } = await admin.ask('/bulk/preview', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: admin.address },
    body: new URLSearchParams(form).toString(),
  });
  return { body, start: /action="(\/bulk\/[^"]+\/start)"/.exec(body)?.[1] ?? '' };
}

/** Starts a previewed action. @returns its page, once it has finished. */
async function run(start: string): Promise<string> {
  const { headers } = await admin.press(start, {});
  const page = async () => (await admin.ask(String(headers.location))).body;
  await until('the end of the action', async () => (await page()).includes('>Finished<'));
  return page();
}

test('an action on a group is previewed, and then carried out on each order once', async () => {
  const { body: home } = await admin.ask('/');
  const detail = /name="detail" value="(The model provider[^"]*)"/.exec(home)?.[1] ?? '';
  const { body, start } = await preview([...Object.entries(GROUP), ['detail', detail], ['action', 'retry']]);
  expect(body).toContain('Retry 12 orders');
  const [first] = refsOf('provider_overloaded');
  if (first === undefined) throw new Error('There is no failed order.');
  await admin.press(`/orders/${first.agentId}/${first.orderId}/actions`, {
    action: 'retry',
    attention: 'failed:generate:0:0',
  });
  const page = await run(start);
  expect(page).toContain('12 of 12 orders handled');
  const { body: past } = await admin.ask('/bulk');
  expect(past).toMatch(/Retry: 12 orders<[\s\S]*?Handler &quot;copy&quot; failed/);
  expect(past).toContain(`href="${start.replace('/start', '')}"`);
  for (const ref of refsOf('provider_overloaded')) expect(await retries(ref)).toBe(1);
  expect((await admin.press(start, {})).status).toBe(303);
  expect(await retries(first)).toBe(1);
});

test('an order that moved on is skipped, and the page says so', async () => {
  const [waiting] = refsOf('content_rejected');
  const [paidOut] = refsOf('paid_out');
  if (waiting === undefined || paidOut === undefined) throw new Error('The shop lacks an order.');
  const name = (ref: OrderRef) => `${ref.agentId}/${ref.orderId}`;
  const { body, start } = await preview([
    ['order', name(waiting)],
    ['order', name(paidOut)],
    ['action', 'retry'],
  ]);
  expect(body).toMatch(
    /1 order<\/strong> waits for this action now\.\s*1 order moved on and will be skipped/,
  );
  const page = await run(start);
  expect(page).toContain('1 done, 1 skipped, 0 failed');
  expect(page).toContain('It does not wait for this action any more');
});

test('a selection of all that match reaches over all pages, and stays as it was at the preview', async () => {
  const { body, start } = await preview([
    ['all', 'yes'],
    ['q', 'is:open'],
    ['action', 'read'],
  ]);
  const [, count] = /Read again: (\d+) orders/.exec(body) ?? [];
  expect(Number(count)).toBeGreaterThan(50);
  expect(await run(start)).toContain(`${count} of ${count} orders handled`);
});

test('an action that its process did not finish is continued, and nothing is done twice', async () => {
  const { redis, keys, store, queues, policy, log } = admin.runtime;
  const { bulk, bulkRunner } = startBulk({ redis, keys, store, queues, policy, log });
  const refs = refsOf('disputed');
  const now = await store.now();
  const plan: BulkPlan = {
    action: 'release',
    group: null,
    by: 'operator',
    createdAt: now,
    total: refs.length,
    isCut: false,
  };
  const id = await bulk.plan(plan, refs);
  expect(await Promise.all([bulk.start(id, now), bulk.start(id, now)])).toEqual([true, false]);
  const [handled, answered] = refs;
  if (handled === undefined || answered === undefined) throw new Error('There are too few disputes.');
  await bulk.note(id, handled, { outcome: 'done', detail: '' });
  // The process died after the fact, and before it could write the result.
  const attentionKey = `disputed:${(await store.load(answered))?.snapshot?.revisionCount ?? 0}d`;
  await store.append(answered, [{ type: 'operator_released', round: '0d', attentionKey, by: 'operator' }]);
  bulkRunner.wake();
  await until('the end', async () => (await bulk.read(id))?.state === 'finished');
  await bulkRunner.close();
  const run = await bulk.read(id);
  expect(run?.results.map(({ outcome }) => outcome)).toEqual(refs.map(() => 'done'));
  expect(run?.left).toBe(0);
  const releases = (await store.load(answered))?.facts.filter(({ type }) => type === 'operator_released');
  expect(releases).toHaveLength(1);
});

/** Orders that failed with this error, and wait for an operator. */
async function failedOrders(reason: string, ids: readonly string[]): Promise<OrderRef[]> {
  const refs = ids.map((orderId) => ({ agentId: 'agent_1', orderId }));
  for (const ref of refs) {
    await putOrder(admin.runtime, ref, { facts: [{ ...FAILED, attempt: 0, reason }] });
    await admin.runtime.reconciler.reconcile(ref);
  }
  await admin.project();
  return refs;
}

const FAILED = { type: 'failed', stepKey: 'generate:0' } as const;

test('an action that continues after a crash does not retry an order that failed again since', async () => {
  const { redis, keys, store, queues, policy, log } = admin.runtime;
  const { bulk, bulkRunner } = startBulk({ redis, keys, store, queues, policy, log });
  const [ref] = await failedOrders('Handler "draw" threw: no ink.', ['ord_again']);
  if (ref === undefined) throw new Error('There is no order.');
  const now = await store.now();
  const plan: BulkPlan = { action: 'retry', group: null, by: 'Ada', createdAt: now, total: 1, isCut: false };
  const id = await bulk.plan(plan, [ref]);
  await bulk.start(id, now);
  await store.append(ref, [{ type: 'operator_retried', stepKey: FAILED.stepKey, attempt: 0, by: 'Ada' }]);
  await store.append(ref, [{ ...FAILED, attempt: 1, reason: 'Handler "draw" threw: no ink.' }]);
  bulkRunner.wake();
  await until('the end', async () => (await bulk.read(id))?.state === 'finished');
  await bulkRunner.close();
  expect(await retries(ref)).toBe(1);
});

test('an order that failed with another error since the preview is not part of its group any more', async () => {
  const [same, other] = await failedOrders('Handler "draw" threw: no paper.', ['ord_same', 'ord_other']);
  if (same === undefined || other === undefined) throw new Error('There are no orders.');
  const { body: home } = await admin.ask('/');
  const detail = /name="detail" value="([^"]*no paper[^"]*)"/.exec(home)?.[1] ?? '';
  const title =
    /name="title" value="([^"]*)">\s*<input type="hidden" name="detail" value="[^"]*no paper/.exec(home)?.[1];
  const { body, start } = await preview([
    ['kind', 'failed'],
    ['title', plain(title ?? '')],
    ['detail', plain(detail)],
    ['action', 'retry'],
  ]);
  expect(body).toContain('no paper');
  await admin.runtime.store.append(other, [
    { type: 'operator_retried', stepKey: FAILED.stepKey, attempt: 0, by: 'Ben' },
    { ...FAILED, attempt: 1, reason: 'Handler "draw" threw: no pens.' },
  ]);
  expect(await run(start)).toContain('1 done, 1 skipped, 0 failed');
  expect(await retries(same)).toBe(1);
  expect(await retries(other)).toBe(1);
});

test('an action that an earlier version planned does not stop the others', async () => {
  const { redis, keys, store, queues, policy, log } = admin.runtime;
  const { bulk } = startBulk({ redis, keys, store, queues, policy, log });
  const id = '00000000-0000-4000-8000-000000000001';
  const group = { kind: 'failed', title: 'Handler "copy" failed' };
  const plan = { action: 'retry', group, by: 'Ada', createdAt: 0, total: 0 };
  await redis.hset(keys.bulk(id), { plan: JSON.stringify(plan), state: 'running', startedAt: '0' });
  expect(await bulk.read(id)).toMatchObject({ isCut: false, group: { ...group, detail: null } });
});

test('a selection that is larger than one action says so', async () => {
  const ledger = await openLedger(admin.ledgerUrl);
  const form: SelectionForm = { action: 'read', order: [], all: 'yes', q: 'is:open', detail: '' };
  const now = await admin.runtime.store.now();
  const cut = await selectOrders(ledger, form, { now, most: 10 });
  const whole = await selectOrders(ledger, form, { now });
  await ledger.close();
  expect(cut).toMatchObject({ isCut: true });
  expect('refs' in cut && cut.refs.length).toBe(10);
  expect(whole).toMatchObject({ isCut: false });
});

describe('bad input changes nothing', () => {
  test.each([
    [400, [['order', 'a/b']]],
    [
      400,
      [
        ['action', 'destroy'],
        ['order', 'a/b'],
      ],
    ],
    [409, [['action', 'retry']]],
    [
      400,
      [
        ['action', 'retry'],
        ['all', 'yes'],
        ['q', 'prce:1'],
      ],
    ],
  ] as [number, [string, string][]][])('%i for %j', async (status, form) => {
    const answer = await admin.ask('/bulk/preview', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: admin.address },
      body: new URLSearchParams(form).toString(),
    });
    expect(answer.status).toBe(status);
  });

  test('a preview that expired says what to do', async () => {
    const answer = await admin.press('/bulk/00000000-0000-4000-8000-000000000000/start', {});
    expect(answer.status).toBe(409);
    expect(answer.body).toContain('Select the orders again');
    expect((await admin.ask('/bulk/nothing')).status).toBe(404);
  });
});
