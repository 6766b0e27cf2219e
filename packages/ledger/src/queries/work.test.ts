import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { AttentionRow, OrderRow } from '../database/schema.ts';
import { projectOrder } from '../projection/project-order.ts';
import { takeOver } from '../projector/epoch.ts';
import { storeOrders } from '../projector/store-orders.ts';
import { writeRows } from '../projector/write-rows.ts';
import { openTestLedger } from '../test-support/open-test-ledger.ts';
import { NOON, sourceOf } from '../test-support/sources.ts';
import { startPostgres } from '../test-support/start-postgres.ts';
import type { WorkRow } from './work.ts';

const HOUR = 3_600_000;
const RANGE = { from: NOON - 10 * HOUR, to: NOON };
const postgres = await startPostgres();
afterAll(() => postgres[Symbol.asyncDispose]());

const EMPTY = projectOrder(sourceOf());
const time = fc.option(fc.integer({ min: NOON - 20 * HOUR, max: NOON + HOUR }));
const shops = fc.array(
  fc.record({
    handler: fc.option(fc.constantFrom('painter', 'writer')),
    paid_at: time,
    delivered_at: time,
    cancelled_at: time,
    disputed_at: time,
    tries: fc.nat(4),
    revisions: fc.nat(2),
    rating: fc.option(fc.integer({ min: 1, max: 5 })),
    run_ms: fc.nat(9),
  }),
  { maxLength: 12 },
);
type Order = Pick<OrderRow, 'handler'> & Partial<OrderRow>;

/** The same figures, computed one order after another. */
function expected(orders: readonly Order[]): WorkRow[] {
  const paid = orders.filter(
    ({ paid_at: at }) => typeof at === 'number' && at >= RANGE.from && at < RANGE.to,
  );
  const keys = [...new Set(paid.flatMap(({ handler }) => handler ?? []))];
  const rows = keys.map((key): WorkRow => {
    const own = paid.filter(({ handler }) => handler === key);
    const sum = (field: 'tries' | 'revisions') => own.reduce((all, order) => all + (order[field] ?? 0), 0);
    const has = (field: keyof OrderRow) => own.filter((order) => typeof order[field] === 'number');
    const runs = own.flatMap(({ run_ms: ms }) => ms || []).toSorted((a, b) => a - b);
    const ratings = own.flatMap(({ rating }) => rating ?? []);
    return {
      key,
      orders: own.length,
      delivered: has('delivered_at').length,
      lost: has('cancelled_at').filter(({ delivered_at: at }) => at === null).length,
      tries: sum('tries'),
      revisions: sum('revisions'),
      disputed: has('disputed_at').length,
      rating: ratings.length === 0 ? null : ratings.reduce((a, b) => a + b) / ratings.length,
      ratings: ratings.length,
      medianRunMs: runs[Math.ceil(runs.length * 0.5) - 1] ?? null,
      p95RunMs: runs[Math.ceil(runs.length * 0.95) - 1] ?? null,
    };
  });
  return rows.toSorted((a, b) => b.orders - a.orders || a.key.localeCompare(b.key));
}

describe.each([
  ['SQLite', undefined],
  ['Postgres', postgres],
])('the figures of the work in %s', (_name, database) => {
  test('are those of the orders paid in the time, by handler', async () => {
    await using opened = await openTestLedger(database);
    const { ledger } = opened;
    await fc.assert(
      fc.asyncProperty(shops, async (orders) => {
        // An order of an earlier case that was never paid does not count.
        const rows = Array.from({ length: 12 }, (_, index) => {
          const key = `a/${index}`;
          const order = { ...EMPTY.order, paid_at: null, ...orders[index], key, order_id: String(index) };
          return { ...EMPTY, order, texts: { ...EMPTY.texts, order_key: key } };
        });
        await writeRows(ledger.connections.writer, rows);
        expect(await ledger.work.by('handler', RANGE)).toEqual(expected(orders));
      }),
      { numRuns: 15 },
    );
  });

  test('count no wait for a service and no stop of a worker as a try', async () => {
    await using opened = await openTestLedger(database);
    const { connections, work } = opened.ledger;
    const step = { step: 'generate', round: '0', attempt: 0 } as const;
    const began = (start: number) => ({ type: 'began', ...step, start, handler: 'painter' }) as const;
    const waits = { type: 'put_off', ...step, waitSeconds: 60, reason: 'It is busy.' } as const;
    const source = sourceOf({}, [
      began(0),
      { ...waits, index: 0 },
      began(1),
      { ...waits, index: 1 },
      began(2),
      { type: 'returned', ...step, start: 2 },
      began(3),
      { type: 'try_failed', ...step, start: 3, kind: 'transient', reason: 'It is down.', stack: '' },
      began(4),
    ]);
    await storeOrders(connections, [source], await takeOver(connections.writer));
    expect(await work.by('handler', { from: 0, to: NOON + HOUR })).toMatchObject([{ tries: 2 }]);
  });

  test('name only the most frequent failures, since each error may have words of its own', async () => {
    await using opened = await openTestLedger(database);
    const { connections, work } = opened.ledger;
    const failed = (id: string, reason: string, handler = 'painter') =>
      sourceOf({ id }, [
        { type: 'began', step: 'generate', round: '0', attempt: 0, start: 0, handler },
        { type: 'failed', stepKey: 'generate:0', attempt: 0, reason },
      ]);
    const details = ['request 7', 'timeout', 'request 1', 'request 3', 'timeout', 'request 5', 'no ink'];
    const sources = details.map((detail, index) => failed(`ord_${index}`, detail));
    const other = failed('ord_other', 'timeout', 'writer');
    await storeOrders(connections, [...sources, other], await takeOver(connections.writer));
    const found = (await work.failures('handler', { from: 0, to: NOON + HOUR })).map(
      ({ key, detail, orders }) => [key, detail, orders],
    );
    expect(found).toEqual([
      ['painter', 'timeout', 2],
      ['painter', 'no ink', 1],
      ['painter', 'request 1', 1],
      ['writer', 'timeout', 1],
    ]);
  });

  test('count the failures of a handler that began in the time, and no other ones', async () => {
    await using opened = await openTestLedger(database);
    const { ledger } = opened;
    const parts: Pick<AttentionRow, 'cause' | 'step_key' | 'opened_at'>[] = [
      { cause: 'failed', step_key: 'generate:0', opened_at: RANGE.from },
      { cause: 'failed', step_key: 'price:0', opened_at: RANGE.to - 1 },
      { cause: 'brief_declined', step_key: 'generate:1', opened_at: NOON - 1 },
      { cause: 'failed', step_key: 'generate:0', opened_at: RANGE.from - 1 },
      { cause: 'failed', step_key: 'generate:0', opened_at: RANGE.to },
      { cause: 'failed', step_key: 'deliver:0', opened_at: NOON - 1 },
      { cause: 'stopped', step_key: 'generate:0', opened_at: NOON - 1 },
    ];
    const rows = parts.map((part, index) => {
      const key = `a/${index}`;
      const order = { ...EMPTY.order, handler: 'painter', key, order_id: String(index) };
      const texts = { kind: 'failed', title: 'No ink', detail: '', reason: '', actions: '' } as const;
      const attention = {
        ...part,
        ...texts,
        order_key: key,
        key: 'failed',
        round: null,
        is_urgent: 0,
      } as const;
      return { ...EMPTY, order, attention: [attention], texts: { ...EMPTY.texts, order_key: key } };
    });
    await writeRows(ledger.connections.writer, rows);
    expect(await ledger.work.failures('handler', RANGE)).toEqual([
      { key: 'painter', title: 'No ink', detail: '', orders: 3 },
    ]);
  });
});
