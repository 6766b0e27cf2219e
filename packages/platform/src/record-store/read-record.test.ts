import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partsOfHash, readRecord } from './read-record.ts';

/** Number of cases. The long run sets a higher number. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 2000);
const REF = { agentId: 'agt_1', orderId: 'ord_1' };
const read = (fields: Record<string, string>) => readRecord(REF, partsOfHash(fields));

/** A hash as Redis stores it, with anything in any field. */
const hash = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'snapshot',
      'observedAt',
      'hints',
      'hintsAnswered',
      'turnaroundHours',
      'service',
      'summary',
      'status',
    ),
    fc.string().map((name) => `fact:${name}`),
  ),
  fc.oneof(
    fc.string(),
    fc.json(),
    fc.tuple(fc.nat(), fc.nat(), fc.json()).map(([ms, place, json]) => `${ms}.${place}|${json}`),
  ),
  { maxKeys: 12 },
);

test("a record of the previous version keeps its service's turnaround", () => {
  const fields = { agentId: REF.agentId, turnaroundHours: '6.5' };
  expect(read(fields)).toMatchObject({ service: null, turnaroundHours: 6.5 });
  const service = JSON.stringify({ id: 'srv_1', title: 1 });
  expect(read({ ...fields, service })).toMatchObject({ service: null, turnaroundHours: 6.5 });
});

test('whatever Redis contains, reading a record throws nothing, and numeric fields are numbers', () => {
  fc.assert(
    fc.property(hash, (fields) => {
      const record = read({ ...fields, agentId: REF.agentId });
      expect(record).toMatchObject(REF);
      for (const number of [record?.observedAt, record?.hints, record?.hintsAnswered]) {
        expect(Number.isNaN(number)).toBe(false);
      }
      for (const fact of record?.facts ?? []) expect(typeof fact.type).toBe('string');
    }),
    { numRuns: RUNS },
  );
});
