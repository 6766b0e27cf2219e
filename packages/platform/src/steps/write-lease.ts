import { randomUUID } from 'node:crypto';
import { type Fact, type OrderRef, type Step, subjectName } from '@fulfillment/shared';
import { markField, type WriteMark } from '../marketplace/open-writes.ts';
import { type LoadedRecord, readLoaded, readWritten } from '../record-store/loaded-record.ts';
import { defineCommands as defineLockCommands } from '../redis/commands.ts';
import { holdLock } from '../redis/lock/held-lock.ts';
import { elapsedSince, thisInstant } from '../redis/lock/instant.ts';
import { lockBusy, lockRanOut } from '../redis/lock/lock.ts';
import { hadNoEffect, type StepError, throttled } from '../telemetry/failures.ts';
import { defineCommands } from './commands.ts';
import type { StepDependencies } from './dependencies.ts';

/** The value of a lease that outlives its holder. It replaces the holder's token. */
const KEPT = 'kept';

/** The right to make one step's write to the marketplace. One process at a time holds it. */
export interface WriteLease {
  /**
   * Begins the write, right before its call. It is the last check that the lease is still ours. The
   * write is marked as open, and its intent recorded. From then on the lease lasts until the write
   * has ended.
   * @returns the record with the intent.
   * @throws StepError (throttled) when the lease ran out, or when the rest of it may be too short
   * for the call. This process' own clock measures that, because it goes on while the process is
   * frozen.
   */
  begin(intent: Fact): Promise<LoadedRecord>;
  /** How long a write may still take effect after it began, in ms. */
  effectMs: number;
}

/**
 * Runs a step that writes to the marketplace while no other process runs it. After a write of
 * unknown outcome the lease stays taken for as long as the write could still take effect. The next
 * worker waits, reads until the outcome is certain, and only then writes again.
 * @param work makes the write. `record`: as it was when the lease was taken. Returns the facts that
 * end the step, or null if the step was aborted.
 * @returns the record after the step, or null without a record or after an abort.
 * @throws StepError (throttled) while another process holds the lease.
 */
export async function withWriteLease(
  { redis, keys, openWrites, settings, store }: StepDependencies,
  { ref, step }: { ref: OrderRef; step: Step },
  work: (lease: WriteLease, record: LoadedRecord | null) => Promise<Fact[] | null>,
): Promise<LoadedRecord | null> {
  defineCommands(redis);
  defineLockCommands(redis);
  const { leaseMs, effectMs, beginWithinMs } = timesOf(settings, step);
  const name = `${step.name}:${subjectName(ref)}`;
  const key = keys.lock(name);
  const token = randomUUID();
  const field = markField(step);
  const askedAt = thisInstant();
  const answer = await redis.takeWriteLease(keys.record(ref), key, token, leaseMs);
  if (answer[0] === 0) throw busy(name, { holder: answer[1], leftMs: answer[2] });
  const [, time, stored] = answer;
  const held = holdLock(redis, key, { token, from: { redisTime: Number(time), askedAt }, ms: leaseMs });
  const written: { mark: WriteMark | null } = { mark: null };

  const begin = async (intent: Fact): Promise<LoadedRecord> => {
    const askedToBegin = thisInstant();
    const [hash, all, open, ...facts] = store.subjects.appendArguments(ref, [intent], false);
    const lease = [key, token, effectMs, field, randomUUID()] as const;
    const begun = await redis.beginWrite(hash, all, open, ...lease, ...facts);
    const record = begun && readWritten(ref, begun);
    if (record !== null) written.mark = { field, value: record.marks[field] ?? '' };
    if (record === null || elapsedSince(askedToBegin) > beginWithinMs) throw lockRanOut(name);
    held.lasts({ redisTime: record.loadedAt, askedAt: askedToBegin }, effectMs);
    return record;
  };
  const end = async (ending: Fact[]): Promise<LoadedRecord | null> => {
    held.end();
    const [hash, all, open, ...facts] = store.subjects.appendArguments(ref, ending, false);
    const lease = [key, token, field, written.mark?.value ?? ''] as const;
    return readLoaded(ref, await redis.endWrite(hash, all, open, ...lease, ...facts));
  };
  const fail = async (error: unknown): Promise<void> => {
    if (written.mark !== null && !hadNoEffect(error)) {
      // In this order: if Redis is away now, the lease is set again once Redis is back.
      const endsAt = held.outlives(KEPT, effectMs);
      await redis.keepLock(key, token, KEPT, endsAt);
      return;
    }
    held.end();
    if (written.mark !== null) await openWrites.close(ref, written.mark);
    await redis.releaseLock(key, token);
  };

  try {
    const facts = await work({ begin, effectMs }, readLoaded(ref, [time, stored]));
    const record = await end(facts ?? []);
    return facts && record;
  } catch (error) {
    await fail(error);
    throw error;
  }
}

/** If a lease outlives its holder, we wait until the lease ends. */
function busy(name: string, { holder, leftMs }: { holder: string; leftMs: number }): StepError {
  return holder === KEPT
    ? throttled(`an earlier call of ${name} may still take effect`, Date.now() + Math.max(0, leftMs))
    : lockBusy(name);
}

/**
 * How long leases last, and how long a call may take effect, in ms. Reading the order usually takes
 * less time than a call may take. A step whose read takes longer gives up before its write. A quote
 * or a message takes effect within 1.5 times the time that we wait for its answer. A delivery has a
 * setting of its own, because the marketplace fetches each image before it answers, for up to 120 s
 * in all (documented).
 */
function timesOf(settings: StepDependencies['settings'], { name }: Step) {
  const callMs = settings.MARKETPLACE_TIMEOUT_SECONDS * 1000;
  const ownMs = name === 'deliver' ? settings.DELIVER_EFFECT_SECONDS * 1000 : 0;
  const beginWithinMs = callMs / 2;
  return { leaseMs: callMs, effectMs: Math.max(callMs, ownMs) + beginWithinMs, beginWithinMs };
}
