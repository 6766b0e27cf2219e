/**
 * Provokes the kinds of alerts in the running system, one after another: each arrives once, and
 * its end once.
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AlertMessage } from '@fulfillment/handlers';
import { startRedis } from '@fulfillment/platform/test-support';
import { temporaryFolder, waitFor } from '@fulfillment/processes';
import { ALERT_KIND_NAMES, type AlertKind } from '@fulfillment/shared';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAlertReceiver } from './harness/alert-receiver.ts';
import { type System, startSystem } from './harness/system.ts';
import { type Purchase, place, type Trade } from './harness/trade.ts';

const HOUR = 3_600_000;
/** The alert of the agent that sells in this test. */
const EARNS = 'agent_cannot_earn:studio';
let received: readonly AlertMessage[] = [];
let system: System;
let redis: Redis;
let ledgerFile: string;
const cleanups: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  const alerts = await startAlertReceiver();
  cleanups.push(() => alerts.close());
  received = alerts.messages;
  const own = await startRedis();
  cleanups.push(async () => own[Symbol.asyncDispose]());
  const folder = await temporaryFolder('alerts');
  cleanups.push(() => folder.remove());
  ledgerFile = path.join(folder.path, 'ledger.sqlite');
  system = await startSystem({
    redisUrl: own.url,
    env: {
      FULFILLMENT_CONFIG: path.join(import.meta.dirname, 'alerts.config.ts'),
      LEDGER_URL: `file:${ledgerFile}`,
      ALERTS_URL: alerts.url,
      ALERTS_SECRET: alerts.secret,
      HEARTBEAT_URL: `${alerts.url}/heartbeat`,
      ADMIN_URL: 'https://console.example',
      BUDGET_WINDOW_SECONDS: '2',
    },
  });
  cleanups.push(() => system.close());
  redis = new Redis(own.url);
  cleanups.push(async () => redis.disconnect());
  // Without a group wait, an app that starts after the ingestor is missing for a moment.
  const isMissing = () => openAlerts().some((alert) => alert.startsWith('app_missing'));
  const isReported = (state: string) => received.some((one) => one.alert === EARNS && one.state === state);
  await until('the alert of an agent without a service', () => isReported('opened'));
  // The agent has a service from now on, and is checked when the ingestor starts.
  await place(system, {});
  await restartIngestor();
  await until('the agent to be in order', () => isReported('resolved'));
  await waitFor('the start to be over', async () => !isMissing() || null, {
    timeoutMs: 60_000,
    intervalMs: 500,
  });
}, 90_000);
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
}, 60_000);

async function restartIngestor(): Promise<void> {
  await system.stop('ingestor');
  await system.start('ingestor');
}

/** The alerts whose last message is not their end. */
function openAlerts(): string[] {
  const last = new Map(received.map((message) => [message.alert, message.state]));
  return [...last].filter(([, state]) => state !== 'resolved').map(([alert]) => alert);
}
const until = (what: string, isTrue: () => boolean) =>
  waitFor(what, async () => isTrue() || null, { timeoutMs: 90_000, intervalMs: 100 });

async function paid(purchase: Purchase, status?: string): Promise<Trade> {
  const trade = await place(system, purchase);
  await trade.buyer('pay');
  if (status !== undefined) await trade.status(status);
  return trade;
}

/** The order ends on the marketplace, and is read. */
async function end(trade: Trade): Promise<void> {
  await trade.buyer('status', { status: 'cancelled' });
  await system.store.hint(trade.ref, []);
  await system.queues.poke(trade.ref, 'operator');
}

/** The order shows that it was placed so long ago. The services of the tests take 48 hours. */
const placedAgo = (ms: number): Purchase => ({
  service: 'Looked at',
  overrides: { created_at: new Date(Date.now() - ms).toISOString(), paid_at: null },
});
const keyOf = async (part: string) => (await redis.keys(`*${part}`))[0] ?? '';

/** The marketplace refuses deliveries for longer than a window of the API budget. */
async function refuseDeliveries(): Promise<() => Promise<unknown>> {
  const ceilings = { deliver: 0 };
  await system.sandbox.put('/sandbox/rate-limit', { mode: 'separate', window_ms: 30_000, ceilings });
  const trade = await paid({});
  return async () => {
    await system.sandbox.put('/sandbox/rate-limit', { mode: 'off' });
    await trade.status('delivered');
  };
}

/** Begins a condition. Resolves to what ends it. Null: it ends with time. */
type Provocation = () => Promise<(() => Promise<unknown>) | null>;

const PROVOKED: Partial<Record<AlertKind, Provocation>> = {
  async order_failed() {
    const trade = await paid({ service: 'Fails for good' });
    return () => end(trade);
  },
  async handler_failing() {
    const trades: Trade[] = [];
    for (let count = 0; count < 5; count += 1) trades.push(await paid({ service: 'Fails for good' }));
    return () => Promise.all(trades.map(end));
  },
  async order_declined() {
    const trade = await paid({ service: 'Picky', brief: 'some fruit' });
    return () => end(trade);
  },
  async order_held() {
    const trade = await paid({ overrides: { brief: null } });
    return () => end(trade);
  },
  async review_waiting() {
    const trade = await paid({ service: 'Looked at' });
    return () => end(trade);
  },
  async order_disputed() {
    const trade = await paid({}, 'delivered');
    await trade.buyer('dispute', { reason: 'Too small' });
    return () => end(trade);
  },
  async buyer_waits() {
    const trade = await paid({}, 'delivered');
    await trade.buyer('message', { content: 'Where is it?' });
    return () => end(trade);
  },
  async order_due_soon() {
    const trade = await paid(placedAgo(47.5 * HOUR));
    return () => end(trade);
  },
  async order_late() {
    const trade = await paid(placedAgo(49 * HOUR));
    return () => end(trade);
  },
  async payout_problem() {
    const trade = await paid({}, 'delivered');
    await trade.buyer('payout-fails', { fails: true });
    await trade.buyer('approve');
    return async () => {
      await trade.buyer('payout-fails', { fails: false });
      await trade.buyer('payout');
    };
  },
  async order_contradicted() {
    const trade = await place(system, { overrides: { status: 'levitating' } });
    return async () => {
      await trade.buyer('overrides', { status: 'cancelled' });
      await end(trade);
    };
  },
  async app_missing() {
    await system.stop('delivery-worker');
    return () => system.start('delivery-worker');
  },
  async app_restarting() {
    for (let times = 0; times < 4; times += 1) {
      await system.stop('generation-worker');
      await system.start('generation-worker');
    }
    return null;
  },
  async work_paused() {
    const pauses = await keyOf(':work-pauses');
    const name =
      pauses === '' ? `${(await keyOf(':processes')).replace(/:processes$/, '')}:work-pauses` : pauses;
    const pause = { part: 'handler', id: 'copy', by: 'ada', since: Date.now() - 2 * HOUR };
    await redis.hset(name, 'handler:copy', JSON.stringify(pause));
    return () => redis.hdel(name, 'handler:copy');
  },
  async signatures_failing() {
    // Of these webhooks, the ingestor counts one a second.
    await waitFor(
      'the alert of wrong signatures',
      async () => {
        await system.sandbox.post('/sandbox/webhooks/raw', {
          agent_id: system.agentIds.studio,
          event: 'order.paid',
          body: {},
          signature: 'wrong',
        });
        return received.some(({ kind }) => kind === 'signatures_failing') || null;
      },
      { timeoutMs: 60_000, intervalMs: 1100 },
    );
    return null;
  },
  async agent_cannot_earn() {
    const agent = `/sandbox/agents/${system.agentIds.studio}`;
    await system.sandbox.patch(agent, { moderation: { status: 'pending' } });
    await restartIngestor();
    return async () => {
      await system.sandbox.patch(agent, { moderation: { status: 'approved' } });
      await restartIngestor();
    };
  },
  calls_refused: refuseDeliveries,
  budget_exhausted: refuseDeliveries,
  async redis_memory() {
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', String(Math.round(used * 1.15)));
    return () => redis.config('SET', 'maxmemory', '0');
  },
  async ledger_behind() {
    const database = new DatabaseSync(ledgerFile, { timeout: 10_000 });
    database.exec('begin immediate');
    const trade = await paid({}, 'delivered');
    return async () => {
      database.exec('rollback');
      database.close();
      await end(trade);
    };
  },
};

/** The kinds that this test cannot provoke, and why. */
const NOT_PROVOKED: Partial<Record<AlertKind, string>> = {
  order_held_up: 'an order must be held up for ten minutes',
  order_unreadable: 'the reads of an order must fail for an hour',
  order_other: 'another version of the product must have stored it',
  jobs_waiting: 'a job must wait for ten minutes',
  intake_silent: 'an agent must be silent for two hours',
  key_rejected: 'a rejected key is checked again once a minute, and the agent waits meanwhile',
  redis_not_saving: 'Redis protects the settings that make a save fail',
  disk_full: 'a full disk needs a mount',
  channel_failing: 'a message must fail for a quarter of an hour',
};

test('every kind is provoked, or has a reason why not', () => {
  const known = [...Object.keys(PROVOKED), ...Object.keys(NOT_PROVOKED)];
  expect(known.toSorted()).toEqual([...ALERT_KIND_NAMES].toSorted());
});

test.each(Object.entries(PROVOKED))('%s arrives once, and its end once', async (kind, begin) => {
  const before = received.length;
  const own = () => received.slice(before).filter((message) => message.kind === kind);
  const finish = await begin();
  await until(`the alert ${kind}`, () => own().some(({ state }) => state === 'opened'));
  if (finish !== null) {
    await finish();
    await until(`the end of ${kind}`, () => own().at(-1)?.state === 'resolved');
  }
  for (const states of Map.groupBy(own(), ({ alert }) => alert).values())
    expect(states.map(({ state }) => state).filter((state) => state !== 'grown')).toEqual(
      finish === null ? ['opened'] : ['opened', 'resolved'],
    );
  expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
});
