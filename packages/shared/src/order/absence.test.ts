import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../test-support/records.ts';
import { type AbsenceRule, agreeWithin, judgeAbsence, type OpenWrite } from './absence.ts';

const RULE: AbsenceRule = { effectMs: 150_000, agreeMs: 30_000 };
const BEGUN: OpenWrite = { begunAt: 1_000_000, absentAt: null };
const read = (askedAt: number, isOlder = false) => ({ askedAt, isOlder });

describe('a write of unknown outcome that a read does not show', () => {
  test('may still take effect until its time is over', () => {
    expect(judgeAbsence(BEGUN, read(1_100_000), RULE)).toEqual({
      isCertain: false,
      write: BEGUN,
      readAgainAt: 1_150_000,
    });
  });

  test('is absent if two reads agree that are far enough apart', () => {
    const first = judgeAbsence(BEGUN, read(1_160_000), RULE);
    expect(first).toEqual({
      isCertain: false,
      write: { ...BEGUN, absentAt: 1_160_000 },
      readAgainAt: 1_190_000,
    });
    if (first.isCertain) throw new Error('one read is not enough');
    expect(judgeAbsence(first.write, read(1_170_000), RULE)).toMatchObject({ readAgainAt: 1_190_000 });
    expect(judgeAbsence(first.write, read(1_190_000), RULE)).toEqual({ isCertain: true });
  });

  test('is not absent after an old answer, and the reads start again', () => {
    const seen = { ...BEGUN, absentAt: 1_160_000 };
    expect(judgeAbsence(seen, read(1_200_000, true), RULE)).toEqual({
      isCertain: false,
      write: BEGUN,
      readAgainAt: 1_230_000,
    });
  });

  test('is absent an hour after its time although reads stay older than an earlier one', () => {
    const hourLater = 1_150_000 + 3600_000;
    expect(judgeAbsence(BEGUN, read(hourLater - 1, true), RULE)).toMatchObject({ write: BEGUN });
    const first = judgeAbsence(BEGUN, read(hourLater, true), RULE);
    expect(first).toMatchObject({ write: { absentAt: hourLater } });
    if (first.isCertain) throw new Error('one read is not enough');
    expect(judgeAbsence(first.write, read(hourLater + 30_000, true), RULE)).toEqual({ isCertain: true });
  });

  test('is expected from now on when the clock stepped back', () => {
    const judged = judgeAbsence({ begunAt: 9_000_000, absentAt: null }, read(1_000_000), RULE);
    expect(judged).toMatchObject({ isCertain: false, readAgainAt: 1_150_000 });
  });
});

/** Successive reads, each this long after the previous one. */
const readings = fc.array(fc.record({ after: fc.nat(200_000), isOlder: fc.boolean() }), { maxLength: 20 });

test('nothing is certain before the effect has ended and two good reads agree in a row', () => {
  fc.assert(
    fc.property(
      readings,
      fc.integer({ min: 1, max: 300_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      (reads, effectMs, agreeMs) => {
        let write = BEGUN;
        let now = BEGUN.begunAt;
        let firstGood: number | null = null;
        for (const { after, isOlder } of reads) {
          now += after;
          const isOver = now >= BEGUN.begunAt + effectMs;
          const judged = judgeAbsence(write, read(now, isOlder), { effectMs, agreeMs });
          const mayBeCertain = isOver && !isOlder && firstGood !== null && now >= firstGood + agreeMs;
          expect(judged.isCertain).toBe(mayBeCertain);
          if (judged.isCertain) return;
          firstGood = isOver && !isOlder ? (firstGood ?? now) : isOlder && isOver ? null : firstGood;
          write = judged.write;
          expect(judged.readAgainAt).toBeGreaterThan(now);
        }
      },
    ),
    runs(300),
  );
});

test('reading at the named times ends in certainty after two good reads', () => {
  const first = judgeAbsence(BEGUN, read(BEGUN.begunAt), RULE);
  if (first.isCertain) throw new Error('too early');
  const second = judgeAbsence(first.write, read(first.readAgainAt), RULE);
  if (second.isCertain) throw new Error('one read is not enough');
  expect(judgeAbsence(second.write, read(second.readAgainAt), RULE)).toEqual({ isCertain: true });
});

test('lagging reads are further apart, within a limit', () => {
  expect(agreeWithin(30_000, 0)).toBe(30_000);
  expect(agreeWithin(30_000, 60_000)).toBe(120_000);
  expect(agreeWithin(30_000, 86_400_000)).toBe(900_000);
  expect(agreeWithin(3_600_000, 86_400_000)).toBe(3_600_000);
});
