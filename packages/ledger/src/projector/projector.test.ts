import { DatabaseSync } from 'node:sqlite';
import { ChangeFeed, type RecordReader, RecordStore, recordReader } from '@fulfillment/platform';
import { newOrder, openScratch } from '@fulfillment/platform/test-support';
import { decide, type Fact, type OrderRef, parseOrder, policySchema } from '@fulfillment/shared';
import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../ledger.ts';
import { openTestLedger, type TestLedger } from '../test-support/open-test-ledger.ts';
import { delayEach, withTimeLimit } from '../test-support/slow-postgres.ts';
import { startPostgres, type TestPostgres } from '../test-support/start-postgres.ts';
import { compareLedger } from './compare-ledger.ts';
import { Projector } from './projector.ts';
import { markAll } from './seed.ts';

const scratch = await openScratch();
const { redis, keys, log, lines } = scratch;
const store = new RecordStore(redis, keys);
const feed = new ChangeFeed(redis, keys);
const records = recordReader(redis, keys);
const policy = policySchema.parse({});
const opened: TestLedger[] = [];
const postgres = await startPostgres();
afterAll(async () => {
  for (const one of opened) await one[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await redis.del(keys.feed, keys.ledger, keys.orders, keys.finished, keys.open);
});

async function openProjector(reader: RecordReader = records, server?: TestPostgres) {
  const test_ledger = await openTestLedger(server);
  opened.push(test_ledger);
  const { ledger, url } = test_ledger;
  const projector = new Projector({ ledger, feed, reader, log, restMs: 0 });
  const epoch = await projector.begin();
  return { ledger, url, projector, project: () => projector.projectBatch(epoch) };
}

async function settle(
  ref: OrderRef,
  fields: Record<string, unknown> = {},
  facts: Fact[] = [],
): Promise<void> {
  const row = { id: ref.orderId, provider_agent_id: ref.agentId, status: 'paid', brief: 'A cat', ...fields };
  const askedAt = await store.now();
  await store.observe(ref, { snapshot: parseOrder(row), askedAt, via: 'read', hintsAnswered: null });
  const record = await store.appendAndLoad(ref, facts);
  await store.settle(record, decide(record, policy, record.loadedAt));
}

const retried = (attempt: number): Fact => ({
  type: 'operator_retried',
  stepKey: 'deliver:0',
  attempt,
  by: 'Ada',
});
const pending = async () => (await feed.state()).pending;

describe('a change of a record', () => {
  test('reaches the ledger once, and equals the record', async () => {
    const { ledger, project } = await openProjector();
    const refs = [newOrder(), newOrder()];
    for (const ref of refs) await settle(ref, {}, [retried(0)]);
    await settle(refs[0] ?? newOrder(), {}, [retried(1)]);
    expect(await pending()).toBe(2);
    expect(await project()).toBe(2);
    expect(await pending()).toBe(0);
    expect(await compareLedger(ledger, records, refs)).toEqual([]);
    const [first] = refs;
    expect((await ledger.orders.find(first ?? newOrder()))?.operator_actions).toHaveLength(2);
  });

  test('that changes nothing is not marked', async () => {
    const { project } = await openProjector();
    const ref = newOrder();
    await settle(ref);
    await project();
    const record = await store.appendAndLoad(ref, []);
    await store.settle(record, decide(record, policy, record.loadedAt));
    expect(await pending()).toBe(0);
  });

  test('between reading and clearing stays in the feed', async () => {
    const ref = newOrder();
    let changes = 0;
    const { ledger, project } = await openProjector({
      async read(refs) {
        const found = await records.read(refs);
        changes += 1;
        if (changes === 1) await settle(ref, {}, [retried(7)]);
        return found;
      },
    });
    await settle(ref);
    await project();
    expect(await pending()).toBe(1);
    expect(await compareLedger(ledger, records, [ref])).not.toEqual([]);
    await project();
    expect(await pending()).toBe(0);
    expect(await compareLedger(ledger, records, [ref])).toEqual([]);
  });
});

test('a new ledger reads all records, and a rebuild reads them again', async () => {
  const refs = [newOrder(), newOrder()];
  for (const ref of refs) await settle(ref);
  await redis.del(keys.feed);
  const { ledger, projector, project } = await openProjector();
  expect(await pending()).toBe(2);
  await project();
  await sql`delete from orders`.execute(ledger.connections.writer);
  expect(await markAll(ledger, feed)).toBe(2);
  await projector.projectBatch(await projector.begin());
  expect(await compareLedger(ledger, records, refs)).toEqual([]);
});

test('a rebuild may take longer than a query in Postgres', async () => {
  const ref = newOrder();
  await settle(ref, { quoted_price_usd: '20.00', status: 'completed', payout_tx_hash: '0x1' });
  const ledger = await openLedger(withTimeLimit(await postgres.createDatabase()));
  const projector = new Projector({ ledger, feed, reader: records, log, restMs: 0 });
  await projector.projectBatch(await projector.begin());
  await delayEach('insert', 'payout_days').execute(ledger.connections.writer);
  expect(await markAll(ledger, feed)).toBe(1);
  expect(await compareLedger(ledger, records, [ref])).toEqual([]);
  await ledger.close();
});

describe('a finished order', () => {
  const finish = (ref: OrderRef) => settle(ref, { status: 'cancelled' });

  test('is forgotten only after the ledger has it, and stays in the ledger', async () => {
    const { ledger, project } = await openProjector();
    const ref = newOrder();
    await finish(ref);
    expect(await store.retention.forgetFinished(-1000, 10)).toEqual([]);
    await project();
    expect(await store.retention.forgetFinished(-1000, 10)).toEqual([ref]);
    expect(await ledger.orders.find(ref)).toMatchObject({ order: { status: 'cancelled' } });
  });

  test('is forgotten without a ledger if none has ever run, or if it was detached', async () => {
    const ref = newOrder();
    await finish(ref);
    expect(await store.retention.forgetFinished(-1000, 10)).toEqual([ref]);
    expect(await pending()).toBe(0);
    await feed.register();
    const other = newOrder();
    await finish(other);
    await feed.unregister();
    expect(await store.retention.forgetFinished(-1000, 10)).toEqual([other]);
  });
});

test('a change from before a step back of the clock is projected at once', async () => {
  const { ledger, project } = await openProjector();
  const ref = newOrder();
  await settle(ref);
  const anHourAhead = ((await store.now()) + 3_600_000) * 1000;
  await redis.zadd(keys.feed, anHourAhead, `${ref.agentId}/${ref.orderId}`);
  expect(await project()).toBe(1);
  expect(await pending()).toBe(0);
  expect(await compareLedger(ledger, records, [ref])).toEqual([]);
});

describe('trouble with the database', () => {
  test('that has no space left keeps the changes in the feed, and pages still read', async () => {
    const { ledger, project } = await openProjector();
    const [ref, ...large] = [newOrder(), newOrder(), newOrder()];
    await settle(ref);
    await project();
    const { writer } = ledger.connections;
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(writer);
    await sql.raw(`pragma max_page_count = ${(rows[0]?.page_count ?? 0) + 2}`).execute(writer);
    for (const one of large) await settle(one, { brief: 'A cat with a hat. '.repeat(1000) });
    await expect(project()).rejects.toThrow('full');
    expect(await pending()).toBe(2);
    expect(await compareLedger(ledger, records, [ref])).toEqual([]);
    await sql`pragma max_page_count = 1000000`.execute(writer);
    expect(await project()).toBe(2);
    expect(await compareLedger(ledger, records, [ref, ...large])).toEqual([]);
  });

  test('Postgres that restarts between two batches loses no change', async () => {
    const { ledger, project } = await openProjector(records, postgres);
    const refs = [newOrder(), newOrder()];
    await settle(refs[0] ?? newOrder());
    await project();
    await postgres.crash();
    await settle(refs[1] ?? newOrder());
    await settle(refs[0] ?? newOrder(), {}, [retried(1)]);
    await expect(project()).rejects.toThrow();
    expect(await pending()).toBe(2);
    await postgres.restart();
    expect(await project()).toBe(2);
    expect(await compareLedger(ledger, records, refs)).toEqual([]);
  });

  test('keeps the changes in the feed', async () => {
    const { ledger, url, project } = await openProjector();
    const ref = newOrder();
    await settle(ref);
    const other = new DatabaseSync(url.replace('file:', ''));
    other.exec('begin immediate');
    await expect(project()).rejects.toThrow('locked');
    expect(await pending()).toBe(1);
    other.exec('rollback');
    other.close();
    await project();
    expect(await compareLedger(ledger, records, [ref])).toEqual([]);
  });

  test('with one order does not hold up the others', async () => {
    const { ledger, project } = await openProjector();
    const [bad, good] = [newOrder(), newOrder()];
    await sql
      .raw(
        `create trigger rejects before insert on orders when new.order_id = '${bad.orderId}' begin select raise(abort, 'no such order'); end`,
      )
      .execute(ledger.connections.writer);
    await settle(bad);
    await settle(good);
    expect(await project()).toBe(1);
    expect(await project()).toBe(0);
    expect(await feed.state()).toMatchObject({
      pending: 1,
      trouble: expect.stringContaining('no such order'),
    });
    expect(lines.at(-1)).toMatchObject({ orderId: bad.orderId });
    expect(await compareLedger(ledger, records, [good])).toEqual([]);
    await sql`drop trigger rejects`.execute(ledger.connections.writer);
    await settle(bad, {}, [retried(1)]);
    expect(await project()).toBe(1);
  });
});
