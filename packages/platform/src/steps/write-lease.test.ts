import { TimeoutError } from '@atelier-ai/sdk';
import type { Fact, OrderRef, Step } from '@fulfillment/shared';
import { subjectName } from '@fulfillment/shared';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { markField, OpenWrites, openWriteOf } from '../marketplace/open-writes.ts';
import type { LoadedRecord } from '../record-store/loaded-record.ts';
import { RecordStore } from '../record-store/record-store.ts';
import { openRedis, untilReady } from '../redis/connection/connection.ts';
import { StepError, throttled } from '../telemetry/failures.ts';
import { openLine } from '../test-support/line.ts';
import { openRuntime } from '../test-support/runtime.ts';
import { gate, newOrder, redisUrl, until } from '../test-support/scratch.ts';
import { withWriteLease } from './write-lease.ts';

/** A call may take 1 s, so a lease lasts for 1 s, and a write takes effect within 1.5 s. */
const app = await openRuntime({ env: { MARKETPLACE_TIMEOUT_SECONDS: '1', DELIVER_EFFECT_SECONDS: '1' } });
afterAll(() => app[Symbol.asyncDispose]());
const { runtime } = app;
const { redis, keys, store } = runtime;

const step: Step = { name: 'quote', round: '0', attempt: 0 };
const INTENT: Fact = { type: 'quote_intended', priceUsd: '45.00' };
const QUOTED: Fact = { type: 'quoted', priceUsd: '45.00', found: false };
/** An answer that does not say whether the call took effect. */
const lost = () => new TimeoutError('the call took too long', { mayHaveTakenEffect: true });

let ref: OrderRef;
let key: string;
beforeEach(async () => {
  ref = newOrder();
  key = keys.lock(`quote:${subjectName(ref)}`);
  await store.append(ref, [{ type: 'priced', handler: 'painter', priceUsd: '45.00' }]);
});

const leased: (work: Parameters<typeof withWriteLease>[2]) => Promise<LoadedRecord | null> = (work) =>
  withWriteLease(runtime, { ref, step }, work);
const load = async (): Promise<LoadedRecord> => {
  const record = await store.load(ref);
  if (record === null) throw new Error('There is no record.');
  return record;
};
const typesOf = ({ facts }: LoadedRecord) => facts.map(({ type }) => type);
/** The failure of another worker that wants the lease. */
const refusal = async () => {
  const error: unknown = await leased(async () => []).catch((reason: unknown) => reason);
  if (!(error instanceof StepError)) throw new Error('another worker got the lease');
  return error.failure;
};

test('the work gets the record, and its facts, its mark and its lease end in one step', async () => {
  const after = await leased(async ({ begin }, record) => {
    expect(record?.facts.map(({ type }) => type)).toEqual(['priced']);
    const begun = await begin(INTENT);
    expect(typesOf(begun)).toEqual(['priced', 'quote_intended']);
    expect(openWriteOf(begun, step)?.write).toMatchObject({ begunAt: begun.loadedAt, absentAt: null });
    expect(await refusal()).toMatchObject({ kind: 'throttled', isGuess: true });
    return [QUOTED];
  });
  expect(after && typesOf(after)).toEqual(['priced', 'quote_intended', 'quoted']);
  expect(after?.marks).toEqual({});
  expect(await redis.exists(key)).toBe(0);
});

test('a step without facts leaves the record as it was, and creates none', async () => {
  const before = await redis.hgetall(keys.record(ref));
  expect(await leased(async () => [])).toMatchObject(ref);
  expect(await leased(async () => null)).toBeNull();
  expect(await redis.hgetall(keys.record(ref))).toEqual(before);
  const unknown = newOrder();
  expect(await withWriteLease(runtime, { ref: unknown, step }, async () => [])).toBeNull();
  expect(await store.load(unknown)).toBeNull();
});

test('of many at once one works, and the others must wait', async () => {
  const [entered, leave] = [gate(), gate()];
  const first = leased(async () => {
    entered.open();
    await leave.opened;
    return [QUOTED];
  });
  await entered.opened;
  for (const failure of await Promise.all(Array.from({ length: 20 }, refusal))) {
    expect(failure.reason).toContain('another worker is busy with quote:');
  }
  leave.open();
  expect((await first)?.facts).toHaveLength(2);
});

test('a lease that ran out begins no write, and leaves the next holder alone', async () => {
  const late = gate();
  const first = leased(async ({ begin }) => {
    await late.opened;
    await begin(INTENT);
    return [];
  });
  await redis.pexpire(key, 1);
  // The holder sets a lease again that Redis lost, unless another process has it.
  await redis.set(key, 'another', 'PX', 60_000);
  late.open();
  await expect(first).rejects.toThrow('ran out');
  expect(typesOf(await load())).toEqual(['priced']);
  expect((await load()).marks).toEqual({});
  expect(await redis.get(key)).toBe('another');
  await redis.del(key);
});

test('a holder that lost Redis for longer than its lease makes no call after another holder', async () => {
  await using line = await openLine(redisUrl());
  const far = openRedis(line.url, 'worker', { log: runtime.log });
  await untilReady(far);
  const cutOff = {
    ...runtime,
    redis: far,
    store: new RecordStore(far, keys),
    openWrites: new OpenWrites(far, keys),
  };
  const [taken, back] = [gate(), gate()];
  const calls: string[] = [];
  const late = withWriteLease(cutOff, { ref, step }, async ({ begin }) => {
    await line.cut();
    taken.open();
    await back.opened;
    // This read waits in the process until Redis is back.
    await cutOff.store.load(ref);
    await begin(INTENT);
    calls.push('late');
    return [QUOTED];
  });
  late.catch(() => undefined);
  await taken.opened;
  await until('the end of the lease', async () => (await redis.exists(key)) === 0);
  await leased(async ({ begin }) => {
    await begin(INTENT);
    calls.push('next');
    return [QUOTED];
  });
  await line.join();
  back.open();
  await expect(late).rejects.toThrow('ran out');
  expect(calls).toEqual(['next']);
  expect(await redis.exists(key)).toBe(0);
  expect((await load()).marks).toEqual({});
  far.disconnect();
});

test('a holder that was frozen while it took its lease has it no longer than Redis does', async () => {
  const frozen = leased(async ({ begin }) => {
    // The checks that set a lost lease again have run.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await redis.exists(key)).toBe(0);
    await begin(INTENT);
    return [QUOTED];
  });
  await until('the lease', async () => (await redis.exists(key)) === 1);
  for (const woken = performance.now() + 1100; performance.now() < woken; );
  await expect(frozen).rejects.toThrow('ran out');
});

test('a holder that was frozen while its write began makes no call, and leaves no mark', async () => {
  const frozen = leased(async ({ begin }) => {
    const begun = begin(INTENT);
    for (const woken = performance.now() + 600; performance.now() < woken; );
    await begun;
    return [QUOTED];
  });
  await expect(frozen).rejects.toThrow('ran out');
  expect((await load()).marks).toEqual({});
  expect(await redis.exists(key)).toBe(0);
});

test('after a call of unknown outcome the lease outlives its holder, and the mark stays', async () => {
  const failing = leased(async ({ begin }) => {
    await begin(INTENT);
    throw lost();
  });
  await expect(failing).rejects.toThrow('the call took too long');
  const failure = await refusal();
  expect(failure.reason).toContain('may still take effect');
  expect('retryAt' in failure && failure.retryAt).toBeGreaterThan(Date.now() + 1000);
  expect(Object.keys((await load()).marks)).toEqual([markField(step)]);

  // Redis loses everything.
  await redis.del(key);
  await until('the kept lease', async () => (await redis.exists(key)) === 1);
  expect((await refusal()).reason).toContain('may still take effect');
  await until('its end', async () => (await redis.exists(key)) === 0);
  expect(await leased(async () => [])).toMatchObject(ref);
});

test.each([
  ['was refused', throttled('the budget is used up', 0), true],
  ['failed before its write', new Error('the order cannot be read'), false],
])('a step that %s frees the lease, and leaves no mark', async (_name, error, begins) => {
  const failing = leased(async ({ begin }) => {
    if (begins) await begin(INTENT);
    throw error;
  });
  await expect(failing).rejects.toBe(error);
  expect((await load()).marks).toEqual({});
  expect(await redis.exists(key)).toBe(0);
});

test('the end of a step leaves the mark and the lease of another process', async () => {
  const after = await leased(async ({ begin }) => {
    await begin(INTENT);
    await redis.set(key, 'another', 'PX', 60_000);
    await redis.hset(keys.record(ref), markField(step), '{"id":"other","begunAt":1,"absentAt":null}');
    return [QUOTED];
  });
  expect(after && openWriteOf(after, step)?.write).toMatchObject({ begunAt: 1, absentAt: null });
  expect(await redis.get(key)).toBe('another');
});
