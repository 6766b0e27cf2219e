/**
 * When the marketplace's window begins and ends: the limits of our knowledge, and the correction
 * that a refusal brings.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { budgets, NONE } from '../test-support/budget.ts';
import { openScratch } from '../test-support/scratch.ts';
import type { Admission } from './admission.ts';
import type { Budget } from './budget.ts';
import { refusalCheck } from './health.ts';

const scratch = await openScratch();
afterAll(() => scratch[Symbol.asyncDispose]());
const newBudget = budgets(scratch);

const HOUR = 3_600_000;

async function giveBack(budget: Budget, admission: Admission): Promise<void> {
  if (!admission.admitted) throw new Error('it was held back');
  await budget.giveBack('deliver', admission.counted);
}

describe('around the end of a window, which is only known approximately', () => {
  test('calls that yield wait until the window has certainly ended', async () => {
    const { pass, use, waitOf, isAdmitted } = newBudget();
    await use(20, 'deliver');
    pass(HOUR - 900);
    expect(await waitOf('message')).toBe(1900);
    pass(1899);
    expect(await isAdmitted('message')).toBe(false);
    pass(1);
    expect(await waitOf('message')).toBe(60_000);
  });

  test('a delivery counts in both windows', async () => {
    const { pass, use, budget } = newBudget();
    await use(3, 'deliver');
    pass(HOUR + 500);
    await use(1, 'deliver');
    expect((await budget.state()).used).toBe(4);
    pass(1000);
    await use(1, 'deliver');
    const { used, windowStart, windowEnd } = await budget.state();
    expect([used, (windowEnd ?? 0) - windowStart]).toEqual([2, HOUR + 2000]);
  });

  test('only a call that goes out begins a window', async () => {
    const { pass, use, isAdmitted, budget, now } = newBudget();
    await use(25, 'deliver');
    pass(HOUR + 60_000);
    expect(await isAdmitted('message')).toBe(false);
    pass(60_000);
    await use(1, 'deliver');
    expect((await budget.state()).windowStart).toBe(now());
  });

  test('a delivery that is given back counts in neither window', async () => {
    const { pass, use, budget } = newBudget();
    await use(1, 'deliver');
    pass(HOUR - 500);
    for (let time = 0; time < 20; time += 1) await giveBack(budget, await budget.admit('deliver', NONE));
    pass(1500);
    await use(1, 'deliver');
    expect(await budget.state()).toMatchObject({ used: 1, left: 29 });
  });

  test('a delivery of the next window, too, is given back in that window', async () => {
    const { pass, use, budget } = newBudget();
    await use(1, 'deliver');
    pass(HOUR - 500);
    const late = await budget.admit('deliver', NONE);
    await use(1, 'deliver');
    pass(1500);
    await use(1, 'deliver');
    expect((await budget.state()).used).toBe(3);
    await giveBack(budget, late);
    expect((await budget.state()).used).toBe(2);
  });

  test('a delivery of the window before, and one from before the edge, take nothing from another', async () => {
    const { pass, use, budget } = newBudget();
    const [early, old] = [await budget.admit('deliver', NONE), await budget.admit('deliver', NONE)];
    pass(HOUR - 500);
    await use(2, 'deliver');
    await giveBack(budget, early);
    pass(1500);
    await use(1, 'deliver');
    expect((await budget.state()).used).toBe(3);
    await giveBack(budget, old);
    expect((await budget.state()).used).toBe(3);
  });

  test('an old delivery there begins no window', async () => {
    const { pass, use, budget, now } = newBudget();
    await use(1, 'deliver');
    pass(HOUR);
    await use(1, 'deliver');
    pass(2 * HOUR);
    await use(1, 'deliver');
    expect(await budget.state()).toMatchObject({ used: 1, windowStart: now() });
  });
});

describe('a refusal', () => {
  test('holds back only its own class, for as long as it said', async () => {
    const { budget, use, isAdmitted, now, waitOf } = newBudget();
    await use(1);
    await budget.refused('deliver', now() + 30_000, false);
    expect(await waitOf('deliver')).toBe(30_000);
    expect(await isAdmitted('message')).toBe(true);
    expect(Object.keys((await budget.state()).refusedUntil)).toEqual(['deliver']);
  });

  test('of a delivery also holds back quotes, and leaves the window to messages', async () => {
    const { budget, use, isAdmitted, now } = newBudget();
    await use(3);
    await budget.refused('deliver', now() + 30_000, true);
    expect(await isAdmitted('quote')).toBe(false);
    expect(await isAdmitted('message', 5)).toBe(true);
    expect(await isAdmitted('poll', 5)).toBe(false);
    expect((await budget.state()).left).toBe(0);
  });

  test('shows the real end of the window', async () => {
    const { budget, use, now, pass } = newBudget();
    await use(3);
    await budget.refused('deliver', now() + 600_000, true);
    expect((await budget.state()).windowEnd).toBe(now() + 600_000);
    pass(600_000);
    await use(1);
    expect((await budget.state()).used).toBe(1);
  });

  test('that names no end of the window leaves the end unchanged', async () => {
    const { budget, use, now, pass } = newBudget();
    await use(3);
    const { windowEnd } = await budget.state();
    await budget.refused('deliver', now() + 60_000, false);
    expect((await budget.state()).windowEnd).toBe(windowEnd);
    pass(61_000);
    await use(1);
    expect((await budget.state()).used).toBe(3);
  });

  test('ends without a call', async () => {
    const { budget, isAdmitted, now, pass } = newBudget();
    await budget.admit('deliver', NONE);
    await budget.refused('deliver', now() - 1000, true);
    pass(1000);
    expect(await isAdmitted('deliver')).toBe(true);
  });

  test('names a minimum for waits that grow while refusals go on, and start again once a call is taken', async () => {
    const { budget, now, pass } = newBudget();
    const refuse = async () => {
      await budget.admit('deliver', NONE);
      const { retryAt, refusedForMs } = await budget.refused('deliver', now() + 1000, false);
      const wait = retryAt - now();
      pass(wait);
      return { wait, refusedForMs };
    };
    const waits: number[] = [];
    for (let refusal = 0; refusal < 12; refusal += 1) waits.push((await refuse()).wait);
    expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(waits.at(-1)).toBe(300_000);
    expect((await refuse()).refusedForMs).toBe(waits.reduce((sum, wait) => sum + wait));
    await budget.accepted('deliver');
    expect(await refuse()).toEqual({ wait: 1000, refusedForMs: 0 });
  });

  test('of calls that went out together is one', async () => {
    const { budget, now } = newBudget();
    for (let call = 0; call < 4; call += 1) await budget.refused('deliver', now() + 1000, false);
    expect((await budget.refused('deliver', now() + 1000, false)).retryAt).toBe(now() + 1000);
  });

  test('means a window at most, whatever time it names. Then one call at a time probes', async () => {
    const { budget, now, pass, waitOf } = newBudget();
    const ask = () => budget.admit('deliver', NONE);
    await ask();
    const year = 365 * 24 * HOUR;
    expect(await budget.refused('deliver', now() + year, true)).toEqual({
      retryAt: now() + HOUR,
      refusedForMs: 0,
    });
    expect((await budget.state()).refusedSince).toEqual({ deliver: now() });
    expect(await refusalCheck(budget, ['deliver'])()).toBeNull();
    pass(HOUR);
    expect(await refusalCheck(budget, ['deliver'])()).toBeNull();
    expect(await ask()).toMatchObject({ admitted: true, followsRefusal: true });
    expect(await waitOf('deliver')).toBe(60_000);
    expect(await waitOf('deliver')).toBe(60_000);
    expect(await budget.refused('deliver', now() + year, true)).toEqual({
      retryAt: now() + HOUR,
      refusedForMs: HOUR,
    });
    expect(await refusalCheck(budget, ['deliver'])()).toContain('deliver for 60 min');
    expect(await refusalCheck(budget, ['poll'])()).toBeNull();
    pass(HOUR);
    expect(await refusalCheck(budget, ['deliver'])()).toContain('deliver for 120 min');
    expect(await ask()).toMatchObject({ followsRefusal: true });
    await budget.accepted('deliver');
    for (const answer of await Promise.all([ask(), ask()])) {
      expect(answer).toMatchObject({ admitted: true });
      expect(answer).not.toHaveProperty('followsRefusal');
    }
    expect((await budget.state()).refusedSince).toEqual({});
    expect(await refusalCheck(budget, ['deliver'])()).toBeNull();
  });

  test('that ended with its window, without a later call, raises no alarm', async () => {
    const { budget, now, pass } = newBudget();
    await budget.refused('deliver', now() + HOUR / 2, true);
    for (let minutes = 0; minutes < 180; minutes += 10) {
      expect(await refusalCheck(budget, ['deliver'])()).toBeNull();
      pass(600_000);
    }
  });

  test('whose probing call was lost, or never sent, is probed again', async () => {
    const { budget, now, pass, isAdmitted } = newBudget();
    await budget.refused('deliver', now() + 2 * HOUR, false);
    pass(HOUR);
    expect(await isAdmitted('deliver')).toBe(true);
    pass(60_000);
    await giveBack(budget, await budget.admit('deliver', NONE));
    expect(await isAdmitted('deliver')).toBe(true);
  });

  test('that ends a window early does not shorten the next window', async () => {
    const { budget, use, now, pass } = newBudget();
    await use(12, 'deliver');
    await budget.refused('deliver', now() + 60_000, true);
    expect(await budget.state()).toMatchObject({ windowEnd: now() + 60_000, left: 0 });
    pass(60_000);
    await use(1, 'deliver');
    const { used, windowEnd } = await budget.state();
    expect([used, (windowEnd ?? 0) - now()]).toEqual([1, HOUR + 1000]);
  });

  test('returns the call that the marketplace did not count', async () => {
    const { budget, use, now } = newBudget();
    await use(3);
    await budget.refused('deliver', now(), true);
    expect((await budget.state()).used).toBe(2);
  });

  test('of a call in the previous window takes nothing from this window', async () => {
    const { budget, now, pass } = newBudget();
    await budget.refused('deliver', now(), true);
    expect((await budget.state()).used).toBe(0);
    pass(1000);
    await budget.admit('quote', NONE);
    expect((await budget.state()).used).toBe(1);
  });
});

test("a window does not last longer if Redis' clock steps back", async () => {
  const { pass, use, isAdmitted, budget } = newBudget();
  await use(30, 'deliver');
  pass(-10 * 60_000);
  await isAdmitted('message');
  pass(HOUR + 5000);
  await use(1, 'deliver');
  expect((await budget.state()).used).toBe(1);
});
