import { summarise } from '@fulfillment/platform';
import { decide, type FactOf, keepSecret, type OrderRecord, policySchema } from '@fulfillment/shared';
import { pasts } from '@fulfillment/shared/test-support';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { WASTES } from '../database/money-schema.ts';
import { takeOver } from '../projector/epoch.ts';
import { storeOrders } from '../projector/store-orders.ts';
import { openTestLedger } from '../test-support/open-test-ledger.ts';
import { NOON, sourceOf } from '../test-support/sources.ts';
import { compareRows } from './compare-rows.ts';
import { projectOrder } from './project-order.ts';
import { FACT_TABLES } from './rows.ts';
import type { ProjectionSource } from './source.ts';

const opened = await openTestLedger();
afterAll(() => opened[Symbol.asyncDispose]());
const { connections, orders } = opened.ledger;
const epoch = await takeOver(connections.writer);
const policy = policySchema.parse({});

/** Reports of costs, of which some name no cost. Texts hold anything that a buyer can write. */
const reports = fc.uniqueArray(
  fc.record({
    type: fc.constant('used' as const),
    what: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    step: fc.constantFrom('price' as const, 'generate' as const, 'review' as const),
    round: fc.constantFrom('0', '1'),
    attempt: fc.constant(0),
    start: fc.nat(2),
    index: fc.nat(2),
    inputTokens: fc.option(fc.nat(10_000)),
    cachedInputTokens: fc.constant(null),
    outputTokens: fc.constant(null),
    images: fc.constant(null),
    costUsd: fc.option(fc.float({ min: 0, max: 100, noNaN: true })),
  }),
  { selector: ({ step, round, start, index }) => `${step}${round}${start}${index}`, maxLength: 8 },
);

/** Orders with generated histories. */
const sources: fc.Arbitrary<ProjectionSource> = fc
  .tuple(pasts, reports, fc.string({ unit: 'binary', maxLength: 40 }))
  .map(([{ system }, used, brief]) => {
    const facts = [...system.record.facts, ...used.map((fact) => ({ ...fact, at: system.now }))];
    const snapshot = system.record.snapshot && { ...system.record.snapshot, brief };
    const record: OrderRecord = { ...system.record, snapshot, facts };
    const summary = summarise(record, decide(record, policy, system.now));
    return {
      record,
      summary,
      attentionSince: new Map(summary.attention.map(({ key }) => [key, system.now])),
    };
  });

describe('the rows of an order', () => {
  test('depend on the record alone, and have unique keys', () => {
    fc.assert(
      fc.property(sources, (source) => {
        const rows = projectOrder(source);
        expect(projectOrder(structuredClone(source))).toEqual(rows);
        for (const table of FACT_TABLES) {
          const keys = rows[table].map((row) => row.fact_key);
          expect(new Set(keys).size).toBe(keys.length);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('never count an unknown cost as nothing, and never more waste than cost', () => {
    fc.assert(
      fc.property(sources, (source) => {
        const { order, costs } = projectOrder(source);
        const known = costs.reduce((sum, row) => sum + (row.cost_micros ?? 0), 0);
        expect(order.known_cost_micros).toBe(known);
        if (costs.some((row) => row.cost_micros === null)) expect(order.cost_micros).toBeNull();
        else expect([null, known]).toContain(order.cost_micros);
        const waste = WASTES.reduce((sum, reason) => sum + order[`waste_${reason}_micros`], 0);
        expect(waste).toBeLessThanOrEqual(known);
      }),
      { numRuns: 100 },
    );
  });

  test('read back from the database as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(sources, async (source) => {
        await storeOrders(connections, [source], epoch);
        expect(compareRows(projectOrder(source), await orders.find(source.record))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

test('no row contains a secret that a person wrote', () => {
  const key = 'atelier_k3yw1th0utm3rcy9x7';
  keepSecret('hunter2hunter2');
  const texts = `Use ${key} and hunter2hunter2, please.`;
  const source = sourceOf({ brief: texts, brief_english: texts, client_name: texts, service_title: texts }, [
    { type: 'buyer_message', senderName: texts, content: texts, bodyHash: 'h1', sentAt: NOON },
    { type: 'dispute_opened', reason: texts, bodyHash: 'h2' },
    { type: 'reviewed', round: '0', draft: 0, verdict: 'refuse', note: texts, message: null, by: 'Ada' },
  ]);
  const rows = JSON.stringify(projectOrder(source));
  expect(rows).toContain('[redacted]');
  expect(rows).not.toMatch(/k3yw1th0utm3rcy9x7|hunter2/i);
});

const putOff = (index: number): FactOf<'put_off'> => ({
  type: 'put_off',
  step: 'generate',
  round: '0',
  attempt: 0,
  index,
  waitSeconds: 60,
  reason: 'It is busy.',
});

describe('the cost of an order', () => {
  const used = (cost: number | null, start = 0, round = '0'): FactOf<'used'> => ({
    ...report(start),
    round,
    costUsd: cost,
  });
  const costOf = (...facts: Parameters<typeof sourceOf>[1] & object) =>
    projectOrder(sourceOf({}, facts)).order.cost_micros;

  test('is 0 before the first generation', () => {
    expect(costOf()).toBe(0);
  });

  test('is the sum of the reports, if each call reports', () => {
    expect(costOf(began(0), used(1), failed(0, 'transient'), began(1), used(0.5, 1), generated(0))).toBe(
      1_500_000,
    );
  });

  test('is unknown if a call failed without a report', () => {
    expect(costOf(began(0), failed(0, 'transient'), began(1), used(1, 1), generated(0))).toBeNull();
  });

  test('is unknown if the call of a revision has no report', () => {
    const revision: FactOf<'began'> = { ...began(0), round: '1' };
    expect(costOf(began(0), used(1), generated(0), revision)).toBeNull();
    expect(costOf(began(0), used(1), generated(0), revision, used(2, 0, '1'))).toBe(3_000_000);
  });

  test('is known if the handler asked for a later call, which then reports', () => {
    expect(costOf(began(0), failed(0, 'throttled'), began(1), used(1, 1), generated(0))).toBe(1_000_000);
  });

  test('is known after many waits, of which only the first few name their try', () => {
    const waits = [0, 1, 2, 3, 4].flatMap((index) => [
      began(index),
      ...(index < 3 ? [failed(index, 'throttled')] : []),
      putOff(index),
    ]);
    expect(costOf(...waits, began(5), used(1, 5), generated(0))).toBe(1_000_000);
    expect(costOf(...waits, began(5), failed(5, 'transient'), began(6), used(1, 6), generated(0))).toBeNull();
  });

  test('is unknown if a report names none', () => {
    expect(costOf(began(0), used(null), generated(0))).toBeNull();
  });
});

describe('the margin', () => {
  const done = [began(0), report(0), generated(0)];
  test.each([
    ['is net less cost', 'delivered', 39_500_000],
    ['is less than nothing after a cancellation: the cost stays', 'cancelled', -1_000_000],
    ['is unknown during a dispute', 'disputed', null],
  ])('%s', (_rule, status, margin) => {
    expect(projectOrder(sourceOf({ status }, done)).order.margin_micros).toBe(margin);
  });
});

function began(start: number, attempt = 0): FactOf<'began'> {
  return { type: 'began', step: 'generate', round: '0', attempt, start, handler: 'painter' };
}

function report(start: number, attempt = 0): FactOf<'used'> {
  return {
    type: 'used',
    step: 'generate',
    round: '0',
    attempt,
    start,
    index: 0,
    what: 'a model',
    inputTokens: null,
    cachedInputTokens: null,
    outputTokens: null,
    images: null,
    costUsd: 1,
  };
}

function failed(start: number, kind: FactOf<'try_failed'>['kind']): FactOf<'try_failed'> {
  return {
    type: 'try_failed',
    step: 'generate',
    round: '0',
    attempt: 0,
    start,
    kind,
    reason: 'The model is overloaded.',
    stack: '',
  };
}

function generated(draft: number): FactOf<'generated'> {
  return {
    type: 'generated',
    round: '0',
    handler: 'painter',
    draft,
    review: true,
    products: [{ url: `https://example.com/${draft}.png`, mediaType: 'image' }],
  };
}

describe('waste', () => {
  const wastes = (source: ProjectionSource) => projectOrder(source).costs.map(({ waste }) => waste);

  test('is what a crashed try and a replaced draft cost, and not what the last draft cost', () => {
    const facts = [
      began(0),
      report(0),
      began(1),
      report(1),
      generated(0),
      began(0, 1),
      report(0, 1),
      generated(1),
    ];
    expect(wastes(sourceOf({}, facts))).toEqual(['failed', 'regenerated', null]);
    expect(wastes(sourceOf({}, facts.slice(0, 5)))).toEqual(['failed', null]);
  });

  test('is what the output of the handler cost that files by hand replaced', () => {
    const facts = [
      began(0),
      report(0),
      { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'The store rejects it.' },
      { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'Ada', byHand: 'upload' },
      { ...generated(0), byHand: 'Ada' },
    ] as const;
    const { costs, order } = projectOrder(sourceOf({ status: 'completed' }, facts));
    expect(costs).toMatchObject([{ cost_micros: 1_000_000, waste: 'failed' }]);
    expect(order.waste_failed_micros).toBe(1_000_000);
    // After a regeneration, the new draft led to the delivery.
    const again = [...facts, began(0, 1), report(0, 1), generated(1)];
    expect(wastes(sourceOf({}, again))).toEqual(['failed', null]);
  });

  test('is everything if the order is cancelled', () => {
    expect(wastes(sourceOf({ status: 'cancelled' }, [began(0), report(0), generated(0)]))).toEqual([
      'cancelled',
    ]);
  });
});
