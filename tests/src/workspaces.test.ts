import { waitFor } from '@fulfillment/processes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';
import { exactly } from './scenarios/check.ts';

const DAY_MS = 24 * 3_600_000;

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 60_000);
afterAll(() => system?.close(), 60_000);

test('an order whose workspace expired before its delivery is still delivered, once', async () => {
  const trade = await place(system, { service: 'Looked at', priceType: 'weekly' });
  await trade.buyer('pay');
  expect((await trade.attention()).reason).toMatch(/asks you to review it/);
  const before = (await trade.record())?.snapshot;
  expect(before).toMatchObject({ status: 'in_progress', workspaceExpiresAt: expect.any(Number) });

  await system.sandbox.post('/sandbox/clock', { ms: 8 * DAY_MS });
  await system.store.hint(trade.ref, []);
  await system.queues.poke(trade.ref, 'operator');
  await waitFor('the order to be seen delivered', async () => {
    const record = await trade.record();
    return record?.snapshot?.status === 'delivered' ? record : null;
  });
  expect((await trade.record())?.snapshot).toMatchObject({ hasDeliverables: false });

  await trade.operator({
    type: 'reviewed',
    round: '0',
    draft: 0,
    verdict: 'approve',
    note: '',
    message: null,
    by: 'operator',
  });
  await trade.fact('delivered', ({ found }) => !found);
  expect((await trade.market()).deliverables).toHaveLength(1);
  await trade.fact('message_sent', ({ kind }) => kind === 'delivered');
  await exactly(trade, { deliveries: 1, messages: 1 });
});
