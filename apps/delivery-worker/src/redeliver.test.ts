import { type Fact, factsOf, type OrderRef } from '@fulfillment/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { DELIVER, generated, openDelivery, SILENT } from './test-support/delivery.ts';
import { answerLost, type Trade } from './test-support/trade.ts';

const app = await openDelivery({ policy: SILENT });
const { place, poke, record, untilFact, job, tryAgainNow, runtime } = app;
afterAll(() => app[Symbol.asyncDispose]());

const CAT = 'https://files.example/cat.png';
const DOG = 'https://files.example/dog.png';
const AGAIN = { ...DELIVER, attempt: 1 };

/**
 * The marketplace records the payment again: the order shows `paid`, and keeps our deliverables.
 */
const overwrite = (trade: Trade) => Object.assign(trade.row, { status: 'paid', deliverable_url: CAT });

const MINUTE_MS = 60_000;

/** A fact that appears to be this old, since no test waits a minute. */
async function longAgo(ref: OrderRef, fact: Fact, { key, ageMs }: { key: string; ageMs: number }) {
  const field = `fact:${key}`;
  const time = (await runtime.store.now()) - ageMs;
  await runtime.redis.hset(runtime.keys.record(ref), field, `${time}.0|${JSON.stringify(fact)}`);
}

/** A delivered order that the race overwrote two minutes ago. */
async function overwritten(
  prepare: (trade: Trade) => void = () => {},
  { urls = [CAT], ageMs = 2 * MINUTE_MS }: { urls?: string[]; ageMs?: number } = {},
): Promise<Trade> {
  const trade = await place({}, [generated('0', ...urls)]);
  await untilFact(trade, 'delivered');
  overwrite(trade);
  prepare(trade);
  const fact = { type: 'delivery_overwritten', round: '0', index: 0 } as const;
  await longAgo(trade.ref, fact, { key: 'delivery_overwritten:0:0', ageMs });
  await poke(trade.ref);
  return trade;
}

describe('a delivery that the payment of an instant hire overwrote', () => {
  test('is noticed, and waits at first', async () => {
    const trade = await place({}, [generated('0', CAT)]);
    await untilFact(trade, 'delivered');
    overwrite(trade);
    await poke(trade.ref);
    expect(await untilFact(trade, 'delivery_overwritten')).toMatchObject({ round: '0', index: 0 });
    expect(trade.count('deliver')).toBe(1);
  });

  test('is repeated with the same URLs', async () => {
    const trade = await overwritten();
    expect(await untilFact(trade, 'redelivered')).toMatchObject({ round: '0', index: 0, found: false });
    expect(trade.count('deliver')).toBe(2);
    expect(trade.deliverables.map((row) => row.deliverable_url)).toEqual([CAT, CAT]);
    await poke(trade.ref);
    expect(trade.count('deliver')).toBe(2);
  });

  test("is found by the order's status if the answer of its repetition was lost", async () => {
    const trade = await overwritten((here) => here.faults.deliver.push(answerLost(true)));
    await tryAgainNow(trade.ref, AGAIN);
    expect(await untilFact(trade, 'redelivered')).toMatchObject({ index: 0, found: true });
    expect(trade.count('deliver')).toBe(2);
  });

  test('is repeated again once two reads agree that the repetition had no effect', async () => {
    const trade = await overwritten((here) => here.faults.deliver.push(answerLost(false)));
    await tryAgainNow(trade.ref, AGAIN);
    expect(await untilFact(trade, 'redelivered')).toMatchObject({ index: 0, found: false });
    expect(trade.count('deliver')).toBe(3);
    expect(trade.deliverables).toHaveLength(2);
  });

  test('is not repeated when the order was cancelled meanwhile', async () => {
    const trade = await overwritten((here) => {
      here.row.status = 'cancelled';
    });
    await poke(trade.ref);
    expect(factsOf(await record(trade.ref), 'redelivered')).toEqual([]);
    expect(trade.count('deliver')).toBe(1);
  });

  test('is read again first if a row is missing, because the read may lag', async () => {
    const trade = await overwritten((here) => here.deliverables.pop(), { urls: [CAT, DOG] });
    await app.untilState(await job(trade.ref, AGAIN), 'delayed');
    expect(trade.count('deliver')).toBe(1);
    expect(await app.facts(trade.ref, 'failed')).toEqual([]);
    trade.deliverables.push({ deliverable_url: DOG, status: 'completed' });
    await tryAgainNow(trade.ref, AGAIN);
    await untilFact(trade, 'redelivered');
    expect(trade.count('deliver')).toBe(2);
  });

  test('and of which a row stays missing is one for a human, who learns the state of the order', async () => {
    const trade = await overwritten((here) => here.deliverables.pop(), {
      urls: [CAT, DOG],
      ageMs: 11 * MINUTE_MS,
    });
    expect(await app.attention(trade.ref)).toMatch(/1 of our 2 deliverables.*dog\.png/);
    expect(trade.count('deliver')).toBe(1);
  });

  test('twice is repeated twice, then a human is asked', async () => {
    const trade = await overwritten();
    await untilFact(trade, 'redelivered');
    for (const index of [1, 2]) {
      overwrite(trade);
      const fact = { type: 'delivery_overwritten', round: '0', index } as const;
      await longAgo(trade.ref, fact, { key: `delivery_overwritten:0:${index}`, ageMs: 2 * MINUTE_MS });
      await poke(trade.ref);
      if (index === 1) await app.done(trade.ref, { ...DELIVER, attempt: 2 });
    }
    expect(await app.attention(trade.ref)).toMatch(/^The marketplace overwrote our delivery 3 times/);
    expect(trade.count('deliver')).toBe(3);
    expect((await job(trade.ref, { ...DELIVER, attempt: 2 })).attemptsMade).toBe(1);
  });
});
