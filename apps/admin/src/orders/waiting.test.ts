import { decide } from '@fulfillment/shared';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';

let admin: TestAdmin;
let number = 0;
let ref = { agentId: 'agent_1', orderId: 'ord_0' };
let path = '';

beforeAll(async () => {
  admin = await startTestAdmin();
});
afterAll(() => admin.close());
beforeEach(() => {
  number += 1;
  ref = { agentId: 'agent_1', orderId: `ord_${number}` };
  path = `/orders/${ref.agentId}/${ref.orderId}`;
});

test("a buyer's message marks the order as unread until an operator acknowledges it", async () => {
  const { store, policy } = admin.runtime;
  const settle = async () => {
    const record = await store.load(ref);
    if (record) await store.settle(record, decide(record, policy, record.loadedAt));
    await admin.project();
  };
  await putOrder(admin.runtime, ref, {
    fields: { status: 'completed', service_title: 'The finished one' },
    facts: [
      { type: 'buyer_message', content: 'Thank you!', senderName: 'Ada', bodyHash: 'a', sentAt: Date.now() },
    ],
  });
  await settle();
  const row = async () => {
    const { body } = await admin.ask('/orders');
    return body.slice(body.indexOf(`row-agent_1/${ref.orderId}`)).split('</tr>')[0];
  };
  expect(await row()).toContain('1 unread');
  const { body } = await admin.ask(path);
  expect(body).not.toContain('This order waits for you');
  const key = /name="attention" value="(unread_message:\d+)"/.exec(body)?.[1] ?? '';
  expect((await admin.press(`${path}/actions`, { action: 'acknowledge', attention: key })).status).toBe(303);
  await settle();
  expect(await row()).not.toContain('unread');
  expect((await admin.ask(path)).body).not.toContain('1 unread message');
  expect((await admin.press(`${path}/actions`, { action: 'acknowledge', attention: key })).status).toBe(409);
});

test('a completed order says that its payout is expected, until the payout was seen', async () => {
  await putOrder(admin.runtime, ref, {
    fields: { status: 'completed' },
    facts: [{ type: 'completed', priceUsd: '45.00', feeUsd: '4.50', netUsd: '40.50' }],
  });
  const { body } = await admin.ask(path);
  expect(body).toMatch(/The payout is awaited\.[\s\S]*UTC<\/time>,/);
  expect(body).not.toContain('No work is outstanding');
  await admin.runtime.store.append(ref, [
    { type: 'payout', outcome: 'sent', amountUsd: '40.50', chain: 'base', txHash: '0x1', reason: null },
  ]);
  expect((await admin.ask(path)).body).not.toContain('payout is awaited');
});
