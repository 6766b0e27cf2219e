import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../decide/decide.ts';
import { NOON, policyOf, recordOf, runs } from '../test-support/records.ts';
import { ORDER_STATUSES, parseOrder } from './order.ts';
import { readStoredSnapshot } from './stored-snapshot.ts';

const snapshot = parseOrder({ id: 'ord_1', status: 'delivered', brief: 'Paint my cat.' });
/** As Redis gives it back. */
const stored = (fields: object) => JSON.parse(JSON.stringify(fields)) as unknown;

test.each([...ORDER_STATUSES, 'later'])('a stored snapshot is read as it was (%s)', (status) => {
  const whole = parseOrder({ id: 'ord_1', status, brief: 'Paint my cat.' });
  expect(readStoredSnapshot(stored(whole))).toEqual(whole);
});

test('a snapshot of an earlier version is completed, and says nothing about deliverables', () => {
  const { hasDeliverables: _h, briefSpec: _b, clientType: _c, ...before } = snapshot;
  expect(readStoredSnapshot(stored(before))).toMatchObject({
    hasDeliverables: null,
    briefSpec: null,
    clientType: null,
  });
});

test.each([null, 'Paint my cat.'])(
  'a snapshot of an earlier version knows whether it has a brief (%j)',
  (brief) => {
    const { hasBrief, ...before } = parseOrder({ id: 'ord_1', status: 'paid', brief });
    expect(readStoredSnapshot(stored(before))).toMatchObject({ hasBrief });
    expect(hasBrief).toBe(brief !== null);
  },
);

test('a status of a later version is not known', () => {
  const later = { ...snapshot, status: 'on_hold', rawStatus: 'on_hold' };
  expect(readStoredSnapshot(stored(later))).toMatchObject({ status: 'unknown', rawStatus: 'on_hold' });
});

test.each([
  null,
  'text',
  [],
  {},
  { ...snapshot, brief: null },
  { ...snapshot, problems: undefined },
  { ...snapshot, createdAt: '2026' },
])('anything else is not read as a snapshot (%j)', (value) => {
  expect(readStoredSnapshot(value)).toBeNull();
});

test('whatever the fields contain, an order can be decided', () => {
  const fields = fc.dictionary(fc.constantFrom(...Object.keys(snapshot)), fc.jsonValue(), { maxKeys: 2 });
  fc.assert(
    fc.property(fields, fc.constantFrom(...ORDER_STATUSES), (change, status) => {
      const read = readStoredSnapshot({ ...snapshot, status, rawStatus: status, ...change });
      const record = recordOf({ status }, [], { snapshot: read });
      const { stepsDueAt, lookAgainAt } = decide(record, policyOf(), NOON + 1000);
      expect(Number.isNaN(stepsDueAt)).toBe(false);
      expect(Number.isNaN(lookAgainAt)).toBe(false);
    }),
    runs(2000),
  );
});
