import { expect, test } from 'vitest';
import { at, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { decide } from './decide.ts';
import { MINUTE } from './decision.ts';

const policy = policyOf();
const step = { step: 'generate', round: '0', attempt: 0, start: 0 } as const;
const heldUp = at(NOON, { type: 'held_up', ...step, reason: 'The disk is full. Make room.' });

test('a step that cannot begin is shown after ten minutes until it begins, and stays wanted', () => {
  expect(decide(recordOf({}, [heldUp]), policy, NOON + 9 * MINUTE).attention).toEqual([]);
  const shown = decide(recordOf({}, [heldUp]), policy, NOON + 11 * MINUTE);
  expect(shown.attention).toMatchObject([
    { key: 'held_up:generate:0:0:0', reason: expect.stringContaining('The disk is full.') },
  ]);
  expect(shown.steps).toMatchObject([{ name: 'generate', round: '0', attempt: 0 }]);
  const began = at(NOON + 12 * MINUTE, { type: 'began', ...step, handler: 'painter' });
  expect(decide(recordOf({}, [heldUp, began]), policy, NOON + 20 * MINUTE).attention).toEqual([]);
});

test('it can be acknowledged', () => {
  const known = at(NOON + 11 * MINUTE, {
    type: 'operator_acknowledged',
    attentionKey: 'held_up:generate:0:0:0',
    by: 'ada',
  });
  expect(decide(recordOf({}, [heldUp, known]), policy, NOON + 20 * MINUTE).attention).toEqual([]);
});
