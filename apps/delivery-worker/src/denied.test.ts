import { afterAll, describe, expect, test } from 'vitest';
import { DELIVER, generated, openDelivery, SILENT } from './test-support/delivery.ts';
import type { Fault } from './test-support/trade.ts';

const app = await openDelivery({ policy: SILENT });
const { place, poke, untilFact, job, tryAgainNow, attention } = app;
afterAll(() => app[Symbol.asyncDispose]());

const CAT = 'https://files.example/cat.png';

describe('a delivery that the marketplace denies (403)', () => {
  const denied: Fault = { takesEffect: false, answer: { status: 403, text: 'Agent ID mismatch' } };
  const placeDenied = async (times: number) => {
    const trade = await place({ status: 'pending_quote' });
    trade.row.status = 'paid';
    trade.faults.deliver.push(...Array.from({ length: times }, () => denied));
    await poke(trade.ref, [generated('0', CAT)]);
    return trade;
  };

  test('for some seconds heals without a human', async () => {
    const trade = await placeDenied(2);
    await tryAgainNow(trade.ref, DELIVER);
    await tryAgainNow(trade.ref, DELIVER);
    expect(await untilFact(trade, 'delivered')).toMatchObject({ found: false });
    expect(trade.count('deliver')).toBe(3);
  });

  test('for ten minutes goes to attention', async () => {
    const trade = await placeDenied(9);
    const delivery = await job(trade.ref, DELIVER);
    await app.untilState(delivery, 'delayed');
    const { deniedSince, ...rest } = (await job(trade.ref, DELIVER)).data;
    expect(deniedSince).toBeGreaterThan(Date.now() - 60_000);
    await delivery.updateData({ ...rest, deniedSince: Date.now() - 600_000 });
    await delivery.promote();
    expect(await attention(trade.ref)).toMatch(
      /"deliver" failed for good: denied for over 10 minutes: Agent ID mismatch/,
    );
  });
});
