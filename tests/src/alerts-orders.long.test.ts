/**
 * Provokes every kind of alert about orders in the running system, one after another: each arrives
 * once, and its end once.
 */
import { ALERT_KIND_NAMES, type AlertKind, isOrderKind } from '@fulfillment/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AlertProof, type Provocation, startAlertProof } from './harness/alert-proof.ts';
import { ageFacts, forgetTries } from './harness/time-passes.ts';
import { type Purchase, place, type Trade } from './harness/trade.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let proof: AlertProof;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ proof, close } = await startAlertProof());
}, 120_000);
afterAll(() => close?.(), 60_000);

/** An order that was paid is in this condition until it ends. */
const untilItsEnd =
  (purchase: Purchase, then: (trade: Trade) => Promise<void> = async () => undefined): Provocation =>
  async () => {
    const trade = await proof.paid(purchase);
    await then(trade);
    return () => proof.end(trade);
  };

/** The order shows that it was placed so long ago. The services of the tests take 48 hours. */
const placedAgo = (ms: number): Purchase => ({
  service: 'Looked at',
  overrides: { created_at: new Date(Date.now() - ms).toISOString(), paid_at: null },
});

const PROVOKED: Partial<Record<AlertKind, Provocation>> = {
  order_failed: untilItsEnd({ service: 'Fails for good' }),
  async handler_failing() {
    const trades: Trade[] = [];
    for (let count = 0; count < 5; count += 1) trades.push(await proof.paid({ service: 'Fails for good' }));
    return async () => {
      for (const trade of trades) await proof.end(trade);
      await forgetTries(proof.system);
    };
  },
  order_declined: untilItsEnd({ service: 'Picky', brief: 'some fruit' }),
  order_held: untilItsEnd({ overrides: { brief: null } }),
  review_waiting: untilItsEnd({ service: 'Looked at' }),
  order_disputed: untilItsEnd({}, async (trade) => {
    await trade.status('delivered');
    await trade.buyer('dispute', { reason: 'Too small' });
  }),
  buyer_waits: untilItsEnd({}, async (trade) => {
    await trade.status('delivered');
    await trade.buyer('message', { content: 'Where is it?' });
  }),
  order_due_soon: untilItsEnd(placedAgo(47.5 * HOUR)),
  order_late: untilItsEnd(placedAgo(49 * HOUR)),
  async order_held_up() {
    const running = await proof.paid({ service: 'Costly work' });
    await running.fact('began');
    const trade = await proof.paid({ service: 'Costly work' });
    await trade.fact('held_up');
    await ageFacts(proof.system, { trade, type: 'held_up' }, 11 * MINUTE);
    return async () => {
      await proof.end(running);
      await trade.fact('began');
      await proof.until('the order to go on', () =>
        proof.received.some(({ kind, state }) => kind === 'order_held_up' && state === 'resolved'),
      );
      await proof.end(trade);
    };
  },
  async payout_problem() {
    const trade = await proof.paid({}, 'delivered');
    await trade.buyer('payout-fails', { fails: true });
    await trade.buyer('approve');
    return async () => {
      await trade.buyer('payout-fails', { fails: false });
      await trade.buyer('payout');
    };
  },
  async order_unreadable() {
    const { sandbox } = proof.system;
    const trade = await proof.paid({}, 'delivered');
    await sandbox.post('/sandbox/faults', { endpoint: 'orders.get', kind: 'status', status: 503 });
    await proof.read(trade);
    await trade.fact('read_failed');
    await ageFacts(proof.system, { trade, type: 'read_failed' }, 61 * MINUTE);
    return async () => {
      await sandbox.delete('/sandbox/faults');
      await proof.read(trade);
    };
  },
  async order_contradicted() {
    const trade = await place(proof.system, { overrides: { status: 'levitating' } });
    return async () => {
      await trade.buyer('overrides', { status: 'cancelled' });
      await proof.end(trade);
    };
  },
  async order_other() {
    const { redis, keys } = proof.system;
    const trade = await proof.paid({ service: 'Fails for good' });
    await trade.attention();
    // Another version of the product knows more causes.
    const record = keys.record(trade.ref);
    const summary = JSON.parse((await redis.hget(record, 'summary')) ?? '');
    for (const attention of summary.attention) attention.cause = 'of_a_later_version';
    await redis.hset(record, 'summary', JSON.stringify(summary));
    return () => proof.end(trade);
  },
};

test('every kind of alert about orders is provoked', () => {
  expect(Object.keys(PROVOKED).toSorted()).toEqual(ALERT_KIND_NAMES.filter(isOrderKind).toSorted());
});

test.each(Object.entries(PROVOKED))('%s arrives once, and its end once', async (kind, begin) => {
  const states = await proof.statesOf(kind as AlertKind, begin);
  for (const ofAlert of states) expect(ofAlert).toEqual(['opened', 'resolved']);
});

test('a handler whose tries fail is reported while its orders are still retried', async () => {
  const states = await proof.statesOf('handler_failing', async () => {
    const trades: Trade[] = [];
    for (let count = 0; count < 3; count += 1) trades.push(await proof.paid({ service: 'Fails twice' }));
    return async () => {
      for (const trade of trades) await trade.status('delivered');
      await forgetTries(proof.system);
    };
  });
  expect(states).toEqual([['opened', 'resolved']]);
  expect(proof.received.filter(({ title }) => title.includes('fails-twice'))).toHaveLength(2);
});

test('in the whole run, no message came twice, and no alert opened twice without an end', () => {
  expect(proof.disorder()).toEqual([]);
});
