import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DELIVER, generated, openDelivery, SILENT } from './test-support/delivery.ts';
import { answerLost, effectAfter, type Fault } from './test-support/trade.ts';

const CAT = 'https://files.example/cat.png';

type App = Awaited<ReturnType<typeof openDelivery>>;
let app: App;
const open = (env: Record<string, string>) => {
  beforeAll(async () => {
    app = await openDelivery({ policy: SILENT, env });
  });
  afterAll(() => app[Symbol.asyncDispose]());
};

/** A paid order with a generated round. Its first call to deliver ends with `fault`. */
async function delivering(
  fault: Fault,
  prepare: (trade: Awaited<ReturnType<App['place']>>) => void = () => {},
) {
  const trade = await app.place({ status: 'pending_quote' });
  trade.row.status = 'paid';
  trade.faults.deliver.push(fault);
  prepare(trade);
  await app.poke(trade.ref, [generated('0', CAT)]);
  return trade;
}

describe('a marketplace that takes longer for a delivery than our time-out', () => {
  open({ MARKETPLACE_TIMEOUT_SECONDS: '0.4', DELIVER_EFFECT_SECONDS: '4' });

  test('gets no second delivery meanwhile', async () => {
    const trade = await delivering({
      ...effectAfter(2500),
      answer: async () => {
        await delay(2500);
        return {};
      },
    });
    await app.tryAgainNow(trade.ref, DELIVER);
    expect(await app.untilFact(trade, 'delivered')).toMatchObject({ found: true });
    expect(trade.count('deliver')).toBe(1);
    expect(trade.deliverables).toHaveLength(1);
  });
});

describe('a marketplace whose reads lag', () => {
  open({ MARKETPLACE_TIMEOUT_SECONDS: '0.4', DELIVER_EFFECT_SECONDS: '0.5', READS_AGREE_SECONDS: '3' });

  test("for longer than the delivery's lock gets the delivery once, although its answer was lost", async () => {
    const trade = await delivering(answerLost(true), (here) => {
      here.lagMs = 2500;
    });
    await app.tryAgainNow(trade.ref, DELIVER);
    expect(await app.untilFact(trade, 'delivered')).toMatchObject({ found: true });
    expect(trade.count('deliver')).toBe(1);
  });

  test('behind a cache gets the delivery once, because the reads bypass the cache', async () => {
    const trade = await delivering(answerLost(true), (here) => {
      here.isCached = true;
    });
    await app.tryAgainNow(trade.ref, DELIVER);
    expect(await app.untilFact(trade, 'delivered')).toMatchObject({ found: true });
    expect(trade.count('deliver')).toBe(1);
  });

  test('is logged, and reads must be further apart to agree', async () => {
    const trade = await delivering({ takesEffect: true, answer: { data: {} } });
    await app.untilFact(trade, 'delivered');
    trade.lagMs = 60_000;
    await app.poke(trade.ref);
    expect(app.lines).toContainEqual(
      expect.objectContaining({
        msg: 'the marketplace answered a read with an older state than one seen before',
      }),
    );
    expect(await app.runtime.readLag.current()).toBeGreaterThan(0);
  });
});

describe('a delivery that had no effect', () => {
  open({ MARKETPLACE_TIMEOUT_SECONDS: '0.4', DELIVER_EFFECT_SECONDS: '60', READS_AGREE_SECONDS: '60' });

  test('for certain is repeated without two agreeing reads', async () => {
    const trade = await delivering({ takesEffect: false, answer: { status: 409, text: 'Try again' } });
    await app.tryAgainNow(trade.ref, DELIVER);
    expect(await app.untilFact(trade, 'delivered')).toMatchObject({ found: false });
    expect(trade.count('deliver')).toBe(2);
  });
});
