import { afterAll, expect, test } from 'vitest';
import { StepError } from '../../telemetry/failures.ts';
import { gate, openScratch, until } from '../../test-support/scratch.ts';
import { withLock } from './lock.ts';

const scratch = await openScratch();
const { redis, keys } = scratch;
afterAll(() => scratch[Symbol.asyncDispose]());

test('of many at once one works, and the others must wait', async () => {
  const [entered, leave] = [gate(), gate()];
  const first = withLock({ redis, keys }, { name: 'one', ttlMs: 10_000 }, async () => {
    entered.open();
    await leave.opened;
    return 'done';
  });
  await entered.opened;
  const others = Array.from({ length: 20 }, () =>
    withLock({ redis, keys }, { name: 'one', ttlMs: 10_000 }, async () => 'worked'),
  );
  for (const other of await Promise.allSettled(others)) {
    expect(other.status).toBe('rejected');
    const { reason } = other as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(StepError);
    expect(reason.failure).toMatchObject({ kind: 'throttled', reason: 'another worker is busy with one' });
    expect(reason.failure.retryAt).toBeGreaterThan(Date.now());
  }
  leave.open();
  expect(await first).toBe('done');
  expect(await withLock({ redis, keys }, { name: 'one', ttlMs: 10_000 }, async () => 'next')).toBe('next');
});

test('another name is another lock', async () => {
  const inner = () => withLock({ redis, keys }, { name: 'b', ttlMs: 10_000 }, async () => 'inner');
  expect(await withLock({ redis, keys }, { name: 'a', ttlMs: 10_000 }, inner)).toBe('inner');
});

test("it is released when the work fails, and the work's error is thrown", async () => {
  const failing = withLock({ redis, keys }, { name: 'fails', ttlMs: 10_000 }, async () => {
    throw new Error('the work broke');
  });
  await expect(failing).rejects.toThrow('the work broke');
  expect(await redis.exists(keys.lock('fails'))).toBe(0);
});

test("a holder whose lock expired does not release the next holder's lock", async () => {
  const [late, next] = [gate(), gate()];
  const first = withLock({ redis, keys }, { name: 'slow', ttlMs: 20 }, () => late.opened);
  await until('the end of the lock', async () => (await redis.exists(keys.lock('slow'))) === 0);
  const second = withLock({ redis, keys }, { name: 'slow', ttlMs: 10_000 }, () => next.opened);
  await until('the next holder', async () => (await redis.exists(keys.lock('slow'))) === 1);
  late.open();
  await first;
  expect(await redis.exists(keys.lock('slow'))).toBe(1);
  next.open();
  await second;
  expect(await redis.exists(keys.lock('slow'))).toBe(0);
});

test('the holder can extend it', async () => {
  await withLock({ redis, keys }, { name: 'longer', ttlMs: 1000 }, async (lock) => {
    await lock.extend(60_000);
    expect(await redis.pttl(keys.lock('longer'))).toBeGreaterThan(50_000);
  });
  expect(await redis.exists(keys.lock('longer'))).toBe(0);
});

test('a holder whose lock expired cannot extend it, whoever has it now', async () => {
  await withLock({ redis, keys }, { name: 'lost', ttlMs: 20 }, async (lock) => {
    await until('the end of the lock', async () => (await redis.exists(keys.lock('lost'))) === 0);
    await expect(lock.extend(1000)).rejects.toThrow(StepError);
    await redis.set(keys.lock('lost'), 'another', 'PX', 10_000);
    await expect(lock.extend(1000)).rejects.toThrow(StepError);
  });
});

test('a lock that Redis lost is set again while the work continues', async () => {
  const [entered, leave] = [gate(), gate()];
  const key = keys.lock('emptied');
  const holder = withLock({ redis, keys }, { name: 'emptied', ttlMs: 30_000 }, async () => {
    entered.open();
    await leave.opened;
  });
  await entered.opened;
  await redis.del(key);
  await until('the lock', async () => (await redis.exists(key)) === 1);
  await expect(
    withLock({ redis, keys }, { name: 'emptied', ttlMs: 1000 }, async () => 'worked'),
  ).rejects.toThrow('another worker is busy');
  leave.open();
  await holder;
  expect(await redis.exists(key)).toBe(0);
});

test('a lock that was extended in its last second is set again as well if Redis loses it', async () => {
  const key = keys.lock('lengthened');
  await withLock({ redis, keys }, { name: 'lengthened', ttlMs: 1500 }, async (lock) => {
    // The first check finds less than a second left, and ends the checks.
    await until('the last half second', async () => (await redis.pttl(key)) < 450);
    await lock.extend(20_000);
    await redis.del(key);
    await until('the lock', async () => (await redis.exists(key)) === 1);
  });
});
