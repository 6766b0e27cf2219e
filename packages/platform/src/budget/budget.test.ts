import { afterAll, describe, expect, test } from 'vitest';
import { budgets, NONE } from '../test-support/budget.ts';
import { openScratch } from '../test-support/scratch.ts';
import { Budget, CALL_CLASSES } from './budget.ts';

const scratch = await openScratch();
const { redis, keys } = scratch;
const newBudget = budgets(scratch);
afterAll(() => scratch[Symbol.asyncDispose]());

const HOUR = 3_600_000;
const MINUTE = { windowSeconds: 60, deliveries: 30 };

test('a window begins with the first call and counts calls of every class', async () => {
  const { budget, now } = newBudget();
  for (const callClass of CALL_CLASSES) await budget.admit(callClass, NONE, { isOverdue: true });
  const state = await budget.state();
  expect(state).toMatchObject({ used: CALL_CLASSES.length, refusedUntil: {}, held: {} });
  expect(state.windowStart).toBe(now());
});

test('after the end of a window the next call begins another', async () => {
  const { budget, use, pass } = newBudget(60);
  await use(29);
  pass(60_000);
  expect((await budget.state()).used).toBe(29);
  pass(251);
  expect((await budget.state()).used).toBe(0);
  await use(1);
  expect((await budget.state()).used).toBe(1);
});

describe('while deliveries are outstanding', () => {
  test('polls and messages yield as soon as deliveries need the remaining calls', async () => {
    const { use, isAdmitted, budget } = newBudget();
    await use(25);
    expect(await isAdmitted('poll', 4)).toBe(true);
    expect(await isAdmitted('poll', 4)).toBe(false);
    expect(await isAdmitted('message', 4)).toBe(false);
    expect(await isAdmitted('message', 3)).toBe(true);
    expect((await budget.state()).held).toEqual({ poll: 1, message: 1 });
  });

  test('a call that is held back is not counted, and is requested again within the window', async () => {
    const { budget, use, pass, isAdmitted, waitOf } = newBudget();
    await use(29);
    expect(await isAdmitted('poll')).toBe(true);
    expect(await waitOf('poll', 1)).toBe(60_000);
    pass(HOUR - 46_000);
    expect(await waitOf('poll', 1)).toBe(30_000);
    pass(40_000);
    expect(await waitOf('poll', 1)).toBe(7000);
    expect((await budget.state()).used).toBe(30);
  });

  test('deliveries, quotes and uploads are never held back by an estimate', async () => {
    const { use, isAdmitted } = newBudget();
    await use(40);
    for (const callClass of ['deliver', 'quote', 'upload'] as const) {
      expect(await isAdmitted(callClass, 99)).toBe(true);
    }
  });

  test('deliveries being generated are outstanding, too, except at the very end of the window', async () => {
    const { use, isAdmitted, pass } = newBudget();
    await use(27);
    expect(await isAdmitted('message', 0, 3)).toBe(false);
    pass(HOUR - 17_000);
    expect(await isAdmitted('message', 0, 3)).toBe(false);
    pass(2000);
    expect(await isAdmitted('message', 0, 3)).toBe(true);
    expect(await isAdmitted('message', 2, 0)).toBe(false);
  });

  test('an overdue call no longer yields', async () => {
    const { use, isAdmitted, budget } = newBudget();
    await use(30);
    expect(await isAdmitted('poll', 99)).toBe(false);
    expect(await budget.admit('poll', { waiting: 99, generating: 0 }, { isOverdue: true })).toMatchObject({
      admitted: true,
    });
  });
});

/** How many messages go until the budget holds a message back. */
async function messagesUntilHeld({ isAdmitted }: ReturnType<typeof newBudget>): Promise<number> {
  for (let sent = 0; ; sent += 1) if (!(await isAdmitted('message'))) return sent;
}

describe('deliveries expected from the recent rate are owed, too, with a margin', () => {
  test('expected deliveries at the rate of the previous window', async () => {
    const shop = newBudget();
    await shop.use(15, 'deliver');
    shop.pass(HOUR + 1000);
    // Of 30 calls, 15 are expected. At random the number may exceed this by three times its square
    // root, plus one.
    expect(await messagesUntilHeld(shop)).toBe(2);
    shop.pass(HOUR / 2);
    expect(await messagesUntilHeld(shop)).toBe(11);
  });

  test('expected deliveries at the rate of this window', async () => {
    const shop = newBudget();
    await shop.use(1);
    shop.pass(HOUR + 1000);
    await shop.use(1, 'deliver');
    shop.pass(HOUR / 2);
    await shop.use(15, 'deliver');
    // 16 in half an hour and its damping: 16 an hour, so 8 in the rest of the window, of 14 calls.
    expect(await messagesUntilHeld(shop)).toBe(0);
    shop.pass(HOUR / 4);
    expect(await messagesUntilHeld(shop)).toBe(4);
  });

  test('in the first window, expected deliveries of a busy seller until a rate is known', async () => {
    const shop = newBudget();
    await shop.use(1, 'deliver');
    shop.pass(2 * 60_000);
    expect(await messagesUntilHeld(shop)).toBe(0);
    shop.pass(10 * 60_000);
    expect(await messagesUntilHeld(shop)).toBeGreaterThan(0);
  });

  test('including a call for each of their uploads', async () => {
    const shop = newBudget();
    await shop.use(1, 'upload');
    await shop.use(1, 'deliver');
    shop.pass(HOUR + 1000);
    await shop.use(20);
    shop.pass(HOUR / 2);
    // Of 10 calls, three generations need 6, and the previous rate predicts more than 3.
    expect(await shop.isAdmitted('message', 0, 3)).toBe(false);
    expect(await shop.isAdmitted('message', 3, 0)).toBe(true);
  });

  test('but not at the rate of an older window', async () => {
    const { use, isAdmitted, pass } = newBudget();
    await use(30, 'deliver');
    pass(2 * HOUR + 1000);
    await use(29);
    expect(await isAdmitted('message')).toBe(true);
  });
});

describe('a poll that finds orders without a webhook', () => {
  const poll = async ({ budget }: ReturnType<typeof newBudget>, minutes: number, waiting = 0) =>
    (await budget.admit('poll', { waiting, generating: 0 }, { unseenMs: minutes * 60_000 })).admitted;

  test('goes a second time right after the first window began, and repeatedly while no order is found', async () => {
    const shop = newBudget();
    expect(await poll(shop, 60)).toBe(true);
    const polledAt = [0];
    for (let minute = 2; minute < 60; minute += 2) {
      shop.pass(2 * 60_000);
      if (await poll(shop, minute - (polledAt.at(-1) ?? 0))) polledAt.push(minute);
    }
    expect(polledAt[1]).toBe(2);
    expect(polledAt.length).toBeGreaterThan(20);
  });

  test('goes a second time in a later window, too', async () => {
    const shop = newBudget();
    await shop.use(10, 'deliver');
    shop.pass(HOUR + 1000);
    expect(await poll(shop, 2)).toBe(true);
    shop.pass(2 * 60_000);
    expect(await poll(shop, 2)).toBe(true);
  });

  test('takes no call from a waiting delivery, and leaves one for the orders that it finds', async () => {
    const shop = newBudget();
    await shop.use(20);
    shop.pass(HOUR / 2);
    expect(await poll(shop, 30, 9)).toBe(false);
    expect(await poll(shop, 30, 8)).toBe(true);
  });

  test('of a seller who uses all calls waits until it finds as many orders as the window can still take', async () => {
    const shop = newBudget();
    await shop.use(29, 'deliver');
    shop.pass(HOUR + 1000);
    await shop.use(1, 'deliver');
    let waited = 0;
    while (!(await poll(shop, waited))) {
      waited += 2;
      shop.pass(2 * 60_000);
    }
    expect(waited).toBeGreaterThan(20);
    expect(waited).toBeLessThanOrEqual(52);
  });

  test('runs as often as leaves room for the deliveries of an hour', async () => {
    const shop = newBudget();
    await shop.use(16, 'deliver');
    shop.pass(HOUR + 1000);
    let polls = 0;
    for (let minute = 0; minute < 60; minute += 1) {
      if (await poll(shop, 2)) polls += 1;
      if (minute % 4 === 3) await shop.use(1, 'deliver');
      shop.pass(60_000);
    }
    // 30 less 15, and less the margin of those 15.
    expect(polls).toBeGreaterThanOrEqual(8);
    expect(polls).toBeLessThanOrEqual(15);
  });
});

test('without outstanding deliveries nothing is held back', async () => {
  const { use, isAdmitted } = newBudget();
  await use(35);
  expect(await isAdmitted('poll')).toBe(true);
  expect(await isAdmitted('message')).toBe(true);
});

test('two hundred concurrent requests are counted exactly, and only the free calls go to polls', async () => {
  const { budget } = newBudget();
  const asked = Array.from({ length: 200 }, () => budget.admit('poll', { waiting: 10, generating: 0 }));
  const admitted = (await Promise.all(asked)).filter((admission) => admission.admitted);
  expect(admitted).toHaveLength(20);
  expect(await budget.state()).toMatchObject({ used: 20, held: { poll: 180 } });
});

test('the calls left and the calls held back are those of the current window', async () => {
  const { budget, use, isAdmitted, pass } = newBudget(60);
  expect(await budget.state()).toEqual({
    windowStart: 0,
    windowEnd: null,
    used: 0,
    left: 30,
    isLimited: true,
    refusedUntil: {},
    refusedSince: {},
    held: {},
  });
  await use(28);
  await isAdmitted('poll', 5);
  expect(await budget.state()).toMatchObject({ used: 28, left: 2, held: { poll: 1 } });
  pass(60_251);
  expect(await budget.state()).toMatchObject({ windowEnd: null, used: 0, left: 30, held: {} });
  await use(1);
  expect(await budget.state()).toMatchObject({ used: 1, left: 29, held: {} });
});

test('without its own clock a budget uses the clock of Redis', async () => {
  const budget = new Budget(redis, keys, { egressId: 'by-redis', limits: MINUTE });
  await budget.admit('deliver', NONE);
  const [seconds] = await redis.time();
  const { windowStart, windowEnd } = await budget.state();
  expect(Math.abs(windowStart - Number(seconds) * 1000)).toBeLessThan(5000);
  expect(windowEnd).toBe(windowStart + 60_250);
});

test('processes behind the same address share a budget, others do not', async () => {
  const one = new Budget(redis, keys, { egressId: 'shared', limits: MINUTE });
  const other = new Budget(redis, keys, { egressId: 'shared', limits: MINUTE });
  await Promise.all([one.admit('poll', NONE), other.admit('poll', NONE)]);
  expect((await one.state()).used).toBe(2);
  expect((await new Budget(redis, keys, { egressId: 'elsewhere', limits: MINUTE }).state()).used).toBe(0);
});
