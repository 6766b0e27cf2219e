import { describe, expect, test } from 'vitest';
import { at, delivered, NOON, recordOf, URL_OF } from '../test-support/records.ts';
import { olderThan, type ShownOrder } from './freshness.ts';

const shown = (rawStatus: string, revisionCount = 0, ...rounds: string[]): ShownOrder => ({
  snapshot: { rawStatus, revisionCount },
  deliverables: rounds.map((round) => ({ url: URL_OF(round) })),
  primaryUrl: rounds.length === 0 ? null : URL_OF(rounds.at(-1) ?? ''),
});
const seen = (status: string, revisionCount: number, time: number) =>
  at(time, { type: 'seen', status, revisionCount, via: 'read' });

describe('a read is older than our record', () => {
  test('if it shows fewer revisions', () => {
    const record = recordOf({ status: 'revision_requested', revision_count: 1 }, [], { observedAt: NOON });
    expect(olderThan(record, shown('delivered', 0))).toBe(NOON);
  });

  test('if it shows a paid order as unpaid, or a finished order as unfinished', () => {
    expect(olderThan(recordOf({ status: 'paid' }), shown('quoted'))).toBe(NOON);
    expect(olderThan(recordOf({ status: 'completed' }), shown('delivered'))).toBe(NOON);
  });

  test('if a known delivery is missing', () => {
    const record = recordOf({ status: 'delivered' }, [delivered('0', NOON + 5)]);
    expect(olderThan(record, shown('paid'))).toBe(NOON + 5);
  });

  test('since the oldest event that it does not show', () => {
    const record = recordOf({ status: 'delivered', revision_count: 2 }, [
      seen('revision_requested', 1, NOON - 9000),
      delivered('0', NOON - 5000),
    ]);
    expect(olderThan(record, shown('paid', 0))).toBe(NOON - 9000);
  });
});

describe('a read is not older', () => {
  test('if it shows the same or more', () => {
    const record = recordOf({ status: 'delivered' }, [delivered('0', NOON)]);
    expect(olderThan(record, shown('delivered', 0, '0'))).toBeNull();
    expect(olderThan(record, shown('revision_requested', 1, '0'))).toBeNull();
  });

  test('if an instant hire is overwritten with paid, and our deliverables are there', () => {
    const record = recordOf({ status: 'delivered' }, [delivered('0', NOON)]);
    expect(olderThan(record, shown('paid', 0, '0'))).toBeNull();
  });

  test('if it names only the last delivery', () => {
    const record = recordOf({ status: 'delivered', revision_count: 1 }, [
      delivered('0', NOON),
      delivered('1', NOON),
    ]);
    expect(olderThan(record, { ...shown('delivered', 1), primaryUrl: URL_OF('1') })).toBeNull();
  });

  test('if an older delivery is not in its list', () => {
    const record = recordOf({ status: 'delivered', revision_count: 1 }, [
      delivered('0', NOON),
      delivered('1', NOON + 1),
    ]);
    expect(olderThan(record, shown('delivered', 1, '1'))).toBeNull();
  });

  test('if its status is unknown', () => {
    expect(olderThan(recordOf({ status: 'paid' }), shown('archived'))).toBeNull();
  });
});
