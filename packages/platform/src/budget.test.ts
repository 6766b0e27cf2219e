import { afterAll, describe, expect, test } from 'vitest';
import { Budget, CALL_CLASSES, type CallClass } from './budget.ts';
import { openScratch } from './test-support/scratch.ts';

const scratch = await openScratch();
const { redis, keys } = scratch;
afterAll(() => scratch[Symbol.asyncDispose]());

const MINUTE = { windowSeconds: 60, deliveries: 30 };
const NONE = { waiting: 0, generating: 0 };

let egress = 0;
/** A budget of an address of its own. */
function newBudget(windowSeconds = 3600) {
  egress += 1;
  const budget = new Budget(redis, keys, `egress-${egress}`, { windowSeconds, deliveries: 30 });
  const key = keys.budget(`egress-${egress}`);
  return {
    budget,
    /** Makes calls that nothing holds back. */
    use: async (calls: number, callClass: CallClass = 'poll') => {
      for (let i = 0; i < calls; i += 1) {
        expect(await budget.admit(callClass, NONE, true)).toEqual({ admitted: true });
      }
    },
    isAdmitted: async (callClass: CallClass, waiting = 0, generating = 0) =>
      (await budget.admit(callClass, { waiting, generating })).admitted,
    /** Lets the window begin this long ago. */
    age: async (ms: number) => {
      const start = Number(await redis.hget(key, 'start'));
      await redis.hset(key, 'start', start - ms);
    },
  };
}

async function waitOf(budget: Budget, callClass: CallClass, waiting: number): Promise<number> {
  const admission = await budget.admit(callClass, { waiting, generating: 0 });
  if (admission.admitted) throw new Error('it was admitted');
  return admission.retryAt - Date.now();
}

test('a window begins with the first call and counts calls of every class', async () => {
  const { budget } = newBudget();
  for (const callClass of CALL_CLASSES) await budget.admit(callClass, NONE);
  const state = await budget.state();
  expect(state).toMatchObject({ used: CALL_CLASSES.length, refusedUntil: {}, held: {} });
  expect(Math.abs(state.windowStart - Date.now())).toBeLessThan(5000);
});

test('a window that is over begins anew with the next call', async () => {
  const { budget, use, age } = newBudget(60);
  await use(29);
  await age(59_000);
  expect((await budget.state()).used).toBe(29);
  await age(2000);
  expect((await budget.state()).used).toBe(0);
  await use(1);
  expect((await budget.state()).used).toBe(1);
});

describe('while deliveries are owed', () => {
  test('polls and messages yield as soon as what is left is needed for them', async () => {
    const { use, isAdmitted, budget } = newBudget();
    await use(25);
    expect(await isAdmitted('poll', 4)).toBe(true);
    expect(await isAdmitted('poll', 4)).toBe(false);
    expect(await isAdmitted('message', 4)).toBe(false);
    expect(await isAdmitted('message', 3)).toBe(true);
    expect((await budget.state()).held).toEqual({ poll: 1, message: 1 });
  });

  test('a call that is held back is not counted, and asked for again soon, within the window', async () => {
    const { budget, use, age, isAdmitted } = newBudget(3600);
    await use(29);
    expect(await isAdmitted('poll')).toBe(true);
    expect(await waitOf(budget, 'poll', 1)).toBeGreaterThan(50_000);
    expect(await waitOf(budget, 'poll', 1)).toBeLessThanOrEqual(60_000);
    await age(3_590_000);
    expect(await waitOf(budget, 'poll', 1)).toBeLessThanOrEqual(10_000);
    expect((await budget.state()).used).toBe(30);
  });

  test('deliveries, quotes and uploads are never held back by an estimate', async () => {
    const { use, isAdmitted } = newBudget();
    await use(40);
    for (const callClass of ['deliver', 'quote', 'upload'] as const) {
      expect(await isAdmitted(callClass, 99)).toBe(true);
    }
  });

  test('messages go once no delivery can go in this window anyway', async () => {
    const { use, isAdmitted } = newBudget();
    await use(30);
    expect(await isAdmitted('message', 5)).toBe(true);
  });

  test('those being generated are owed, too, except at the very end of the window', async () => {
    const { use, isAdmitted, age } = newBudget(3600);
    await use(27);
    expect(await isAdmitted('message', 0, 3)).toBe(false);
    await age(3600_000 * 0.94);
    expect(await isAdmitted('message', 0, 3)).toBe(false);
    await age(3600_000 * 0.02);
    expect(await isAdmitted('message', 0, 3)).toBe(true);
    expect(await isAdmitted('message', 2, 0)).toBe(false);
  });

  test('a call that is overdue yields no longer', async () => {
    const { use, isAdmitted, budget } = newBudget();
    await use(30);
    expect(await isAdmitted('poll', 99)).toBe(false);
    expect(await budget.admit('poll', { waiting: 99, generating: 0 }, true)).toEqual({ admitted: true });
  });
});

describe('deliveries that the recent rate lets expect are owed, too', () => {
  test('those of the window before, as many as its rest will bring', async () => {
    const { use, isAdmitted, age } = newBudget(3600);
    await use(20, 'deliver');
    await age(3600_000);
    await use(9);
    // Of 21 calls that are left, the 19 are needed that have not come yet.
    for (let sent = 0; sent < 2; sent += 1) expect(await isAdmitted('message')).toBe(true);
    expect(await isAdmitted('message')).toBe(false);
    await age(3600_000 / 2);
    for (let sent = 0; sent < 10; sent += 1) expect(await isAdmitted('message')).toBe(true);
    expect(await isAdmitted('message')).toBe(false);
  });

  test('those of this window', async () => {
    const { use, isAdmitted, age } = newBudget(3600);
    await use(1, 'deliver');
    expect(await isAdmitted('message')).toBe(true);
    await age(3600_000 / 2);
    await use(14, 'deliver');
    // 15 in half an hour and its damping: 15 an hour, 7 in what is left, of 14 calls.
    for (let sent = 0; sent < 7; sent += 1) expect(await isAdmitted('message')).toBe(true);
    expect(await isAdmitted('message')).toBe(false);
  });

  test('and none of a window longer ago', async () => {
    const { use, isAdmitted, age } = newBudget(3600);
    await use(30, 'deliver');
    await age(2 * 3600_000);
    await use(29);
    expect(await isAdmitted('message')).toBe(true);
  });
});

test('without owed deliveries nothing is held back', async () => {
  const { use, isAdmitted } = newBudget();
  await use(35);
  expect(await isAdmitted('poll')).toBe(true);
  expect(await isAdmitted('message')).toBe(true);
});

describe('a refusal', () => {
  test('holds back its own class for as long as it said, and no other', async () => {
    const { budget, use, isAdmitted } = newBudget();
    await use(1);
    await budget.refused('deliver', Date.now() + 30_000);
    expect(await waitOf(budget, 'deliver', 0)).toBeGreaterThan(28_000);
    expect(await waitOf(budget, 'deliver', 0)).toBeLessThanOrEqual(30_001);
    expect(await isAdmitted('message')).toBe(true);
    expect(Object.keys((await budget.state()).refusedUntil)).toEqual(['deliver']);
  });

  test('of a delivery is one of a quote, too, and leaves the window to messages', async () => {
    const { budget, use, isAdmitted } = newBudget();
    await use(3);
    await budget.refused('deliver', Date.now() + 30_000);
    expect(await isAdmitted('quote')).toBe(false);
    expect(await isAdmitted('message', 5)).toBe(true);
    expect(await isAdmitted('poll', 5)).toBe(false);
    expect((await budget.state()).left).toBe(0);
  });

  test('tells when the window really ends', async () => {
    const { budget, use } = newBudget(3600);
    await use(3);
    await budget.refused('deliver', Date.now() + 600_000);
    const { windowEnd } = await budget.state();
    expect(Math.abs((windowEnd ?? 0) - Date.now() - 600_000)).toBeLessThan(5000);
  });

  test('ends by itself', async () => {
    const { budget, isAdmitted } = newBudget();
    await budget.admit('deliver', NONE);
    await budget.refused('deliver', Date.now() - 1000);
    expect(await isAdmitted('deliver')).toBe(true);
  });

  test('gives the call back that the marketplace did not count', async () => {
    const { budget, use } = newBudget();
    await use(3);
    await budget.refused('deliver', Date.now());
    expect((await budget.state()).used).toBe(2);
  });

  test('of a call of the window before takes nothing from this one', async () => {
    const { budget } = newBudget();
    await budget.refused('deliver', Date.now());
    expect((await budget.state()).used).toBe(0);
    await budget.admit('quote', NONE);
    expect((await budget.state()).used).toBe(1);
  });
});

test('two hundred askers at once are counted exactly, and only as many polls go as are free', async () => {
  const { budget } = newBudget();
  const asked = Array.from({ length: 200 }, () => budget.admit('poll', { waiting: 10, generating: 0 }));
  const admitted = (await Promise.all(asked)).filter((admission) => admission.admitted);
  expect(admitted).toHaveLength(20);
  expect(await budget.state()).toMatchObject({ used: 20, held: { poll: 180 } });
});

test('what is left and was held back is told of the window that runs', async () => {
  const { budget, use, isAdmitted, age } = newBudget(60);
  expect(await budget.state()).toEqual({
    windowStart: 0,
    windowEnd: null,
    used: 0,
    left: 30,
    refusedUntil: {},
    held: {},
  });
  await use(28);
  await isAdmitted('poll', 5);
  expect(await budget.state()).toMatchObject({ used: 28, left: 2, held: { poll: 1 } });
  await age(60_000);
  expect(await budget.state()).toMatchObject({ windowEnd: null, used: 0, left: 30, held: {} });
  await use(1);
  expect(await budget.state()).toMatchObject({ used: 1, left: 29, held: {} });
});

test('processes behind the same address share a budget, others do not', async () => {
  const one = new Budget(redis, keys, 'shared', MINUTE);
  const other = new Budget(redis, keys, 'shared', MINUTE);
  await Promise.all([one.admit('poll', NONE), other.admit('poll', NONE)]);
  expect((await one.state()).used).toBe(2);
  expect((await new Budget(redis, keys, 'elsewhere', MINUTE).state()).used).toBe(0);
});
