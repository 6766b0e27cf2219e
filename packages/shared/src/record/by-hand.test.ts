import { expect, test } from 'vitest';
import type { Fact } from '../facts/facts.ts';
import { at, NOON, recordOf } from '../test-support/records.ts';
import { byHandOf } from './by-hand.ts';

/** A paid order with these facts, one after the other. */
const orderWith = (...facts: Fact[]) =>
  recordOf(
    {},
    facts.map((fact, index) => at(NOON + 1 + index, fact)),
  );
const retried = (attempt: number, byHand?: string): Fact => ({
  type: 'operator_retried',
  stepKey: 'generate:0',
  attempt,
  ...(byHand === undefined ? {} : { byHand }),
  by: 'ada',
});
const regenerate = (draft: number, byHand?: string): Fact => ({
  type: 'reviewed',
  round: '0',
  draft,
  verdict: 'regenerate',
  note: '',
  message: null,
  ...(byHand === undefined ? {} : { byHand }),
  by: 'ada',
});
const released = (byHand?: string): Fact => ({
  type: 'operator_released',
  round: '0',
  attentionKey: 'service_unknown',
  ...(byHand === undefined ? {} : { byHand }),
  by: 'ada',
});
const stopped = (attempt: number): Fact => ({
  type: 'operator_stopped',
  stepKey: 'generate:0',
  attempt,
  by: 'ben',
});
const withdrawn: Fact = {
  type: 'operator_release_withdrawn',
  round: '0',
  attentionKey: 'service_unknown',
  by: 'ben',
};

const UPLOAD = { id: 'a', by: 'ada', isOfAttempt: true };

test.each<[string, number, Fact[], ReturnType<typeof byHandOf>]>([
  ['none without an upload', 1, [retried(0)], null],
  ['the upload in place of a failed generation', 1, [retried(0, 'a')], UPLOAD],
  ['the upload in place of a draft', 1, [regenerate(0, 'a')], UPLOAD],
  ['the upload in place of a held generation', 0, [released('a')], UPLOAD],
  ['the last of two uploads', 2, [retried(0, 'b'), retried(1, 'a')], UPLOAD],
  [
    'the upload, if it is still there, after a retry',
    2,
    [retried(0, 'a'), retried(1)],
    { ...UPLOAD, isOfAttempt: false },
  ],
  ['none for a job of an earlier attempt', 0, [retried(0, 'a')], null],
  ['none after a stop of its attempt', 2, [retried(0, 'a'), stopped(1), retried(1)], null],
  ['none after a stop of a draft', 2, [regenerate(0, 'a'), stopped(1), retried(1)], null],
  ['none after a stop of a released round', 1, [released('a'), stopped(0), retried(0)], null],
  ['the upload, although the stop of an earlier attempt came late', 1, [retried(0, 'a'), stopped(0)], UPLOAD],
  ['none from an earlier draft', 2, [retried(0, 'a'), regenerate(0)], null],
  ['none from a release that was taken back', 0, [released('a'), withdrawn], null],
])('files by hand: %s', (_, attempt, facts, expected) => {
  expect(byHandOf(orderWith(...facts), { round: '0', attempt })).toEqual(expected);
});
