import { type AlertChannel, type AlertMessage, ChannelError } from '@fulfillment/handlers';
import { newOrder, openRuntime, orderRow } from '@fulfillment/platform/test-support';
import type { Config } from '@fulfillment/runner';
import { decide, type Fact, type OrderRef, parseOrder } from '@fulfillment/shared';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { AlertRun } from './start-alerts.ts';
import { AlertStore } from './store/alert-store.ts';

const app = await openRuntime({ env: { ADMIN_URL: 'https://console.example' } });
const { runtime } = app;
afterAll(() => app[Symbol.asyncDispose]());
const store = new AlertStore(runtime.redis, runtime.keys);
const agents = [{ apiKey: 'atelier_0123456789' }];

let sent: AlertMessage[] = [];
let answer: () => Promise<void> = async () => undefined;
const channel: AlertChannel = {
  protocol: 'test',
  secrets: [],
  async send(message) {
    await answer();
    sent.push(message);
  },
};
type Alerts = NonNullable<Config['alerts']>;
const config: Alerts = {
  channels: [{ name: 'team', channel, severity: 'info', kinds: ['order_failed'], onlyEscalated: false }],
  groupSeconds: 0,
  repeatHours: 4,
};
const runOf = (more: Partial<Alerts> = {}) => new AlertRun(runtime, { ...config, ...more }, agents);

beforeEach(async () => {
  const { redis, keys } = runtime;
  await redis.del(keys.alerts, keys.alertOutbox, keys.alertHistory, keys.attention, keys.alertMutes);
  sent = [];
  answer = async () => undefined;
});

/** An order whose step failed for good. */
async function failedOrder(): Promise<OrderRef> {
  const ref = newOrder();
  const snapshot = parseOrder(
    orderRow(ref.orderId, { provider_agent_id: ref.agentId, brief: 'A secret brief' }),
  );
  const now = await runtime.store.now();
  await runtime.store.observe(ref, { snapshot, askedAt: now, via: 'read', hintsAnswered: 0 });
  const failed: Fact = {
    type: 'failed',
    stepKey: 'generate:0',
    attempt: 0,
    reason: 'A secret brief broke it',
  };
  await settle(ref, failed);
  return ref;
}

async function settle(ref: OrderRef, ...facts: Fact[]): Promise<void> {
  const record = await runtime.store.appendAndLoad(ref, facts);
  await runtime.store.settle(record, decide(record, runtime.policy, record.loadedAt));
}

test('an order that failed is one message, whichever of many processes evaluates and sends', async () => {
  await failedOrder();
  const runs = Array.from({ length: 4 }, () => runOf());
  for (let turn = 0; turn < 3; turn += 1) {
    await Promise.all(runs.map((run) => run.evaluate()));
    await Promise.all(runs.map((run) => run.send()));
  }
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({ kind: 'order_failed', state: 'opened', count: 1 });
  expect(sent[0]?.link).toMatch(/^https:\/\/console\.example\/orders\//);
  expect(sent[0]?.runbookLink).toBe('https://console.example/alerts/runbook#order_failed');
  expect(JSON.stringify(sent)).not.toContain('secret brief');
});

test('an alert is acknowledged once, and an earlier alert of the name is over', async () => {
  await failedOrder();
  const run = runOf();
  await run.evaluate();
  await run.send();
  const [alert] = (await store.read()).alerts;
  const { alert: name = '', openedAt = 0 } = alert ?? {};
  expect(await store.acknowledge(name, openedAt - 1, 'ada')).toBe('over');
  expect(await store.acknowledge(name, openedAt, 'ada')).toBe('acknowledged');
  expect(await store.acknowledge(name, openedAt, 'ben')).toBe('again');
  expect((await store.read()).alerts[0]?.acknowledged).toMatchObject({ by: 'ada' });
});

test('a channel that fails gets the message later, and one that rejects it never', async () => {
  await failedOrder();
  const run = runOf();
  await run.evaluate();
  answer = async () => {
    throw new ChannelError('team answered 500', { isTemporary: true, retryAfterMs: 60_000 });
  };
  await run.send();
  const [entry] = await store.outbox();
  expect(entry).toMatchObject({ tries: 1, reason: 'team answered 500' });
  expect((entry?.nextAt ?? 0) - Date.now()).toBeGreaterThan(50_000);
  // Before its time the message is not sent again.
  await run.send();
  expect((await store.outbox())[0]?.tries).toBe(1);
  if (entry !== undefined) await store.putOff({ ...entry, nextAt: 0 });
  answer = async () => {
    throw new ChannelError('team answered 404', { isTemporary: false });
  };
  await run.send();
  expect(await store.outbox()).toEqual([]);
  expect(await store.history()).toMatchObject([{ channel: 'team', failure: 'team answered 404', tries: 2 }]);
});

test('a message that keeps failing holds up no later one', async () => {
  await failedOrder();
  const run = runOf();
  await run.evaluate();
  const [entry] = await store.outbox();
  if (entry === undefined) throw new Error('There is no message.');
  const later = { ...entry, message: { ...entry.message, id: 'later', alert: 'later', title: 'Later' } };
  await store.add(later);
  await store.putOff({ ...entry, tries: 1, nextAt: Date.now() + 60_000 });
  await run.send();
  expect(sent).toEqual([]);
  await store.putOff({ ...entry, tries: 5, nextAt: Date.now() + 60_000 });
  await run.send();
  expect(sent.map(({ title }) => title)).toEqual(['Later']);
});

test('a message that a channel has not taken for a day is given up', async () => {
  await failedOrder();
  const run = runOf();
  await run.evaluate();
  const [entry] = await store.outbox();
  if (entry !== undefined) await store.putOff({ ...entry, createdAt: Date.now() - 25 * 3_600_000 });
  answer = async () => {
    throw new ChannelError('team does not answer', { isTemporary: true });
  };
  await run.send();
  expect(await store.history()).toMatchObject([{ failure: 'team does not answer' }]);
});

test('a slow channel holds up no other channel', async () => {
  await failedOrder();
  const { promise: slow, resolve: finish } = Promise.withResolvers<void>();
  const patient: AlertChannel = { ...channel, send: () => slow };
  const [team] = config.channels;
  if (team === undefined) throw new Error('There is no channel.');
  const run = runOf({ channels: [{ ...team, name: 'slow', channel: patient }, team] });
  await run.evaluate();
  const sending = run.send();
  await expect.poll(() => sent.length).toBe(1);
  finish();
  await sending;
});

test('a message that another process has sent since the list was read is not sent again', async () => {
  await failedOrder();
  const [one, other] = [runOf(), runOf()];
  await one.evaluate();
  const [entry] = await store.outbox();
  if (entry === undefined) throw new Error('There is no message.');
  const second = { ...entry, message: { ...entry.message, id: 'second', alert: 'second' } };
  await store.add(second);
  // While this process sends the first message, the other process sends the second one.
  answer = async () => {
    answer = async () => undefined;
    await other.send();
    await store.claim(second, 1000);
    await store.finish(second, {
      at: 0,
      channel: 'team',
      title: 'Second',
      state: 'opened',
      failure: null,
      tries: 1,
    });
  };
  await one.send();
  expect(sent.map(({ id }) => id)).not.toContain('second');
  expect(await store.outbox()).toEqual([]);
});

test('the end of an alert waits for its beginning', async () => {
  await failedOrder();
  const run = runOf();
  await run.evaluate();
  const [entry] = await store.outbox();
  if (entry === undefined) throw new Error('There is no message.');
  await store.add({ ...entry, message: { ...entry.message, id: 'end', state: 'resolved' } });
  await store.putOff({ ...entry, tries: 6, nextAt: Date.now() + 60_000 });
  await run.send();
  expect(sent).toEqual([]);
  await store.putOff({ ...entry, tries: 6, nextAt: 0 });
  await run.send();
  expect(sent.map(({ state }) => state)).toEqual(['opened', 'resolved']);
});

test('a channel that hangs does not hold up the later messages of another one', async () => {
  await failedOrder();
  const { promise: slow, resolve: finish } = Promise.withResolvers<void>();
  const [team] = config.channels;
  if (team === undefined) throw new Error('There is no channel.');
  const patient: AlertChannel = { ...channel, send: () => slow };
  const run = runOf({ channels: [{ ...team, name: 'slow', channel: patient }, team] });
  await run.evaluate();
  const sending = run.send();
  await expect.poll(() => sent.length).toBe(1);
  const [hanging] = await store.outbox();
  if (hanging === undefined) throw new Error('There is no message.');
  await store.add({ ...hanging, channel: 'team', message: { ...hanging.message, id: 'later', alert: 'x' } });
  await run.send();
  expect(sent.map(({ id }) => id)).toContain('later');
  finish();
  await sending;
});

test('a wait of a week is one of half an hour', async () => {
  await failedOrder();
  const run = runOf();
  await run.evaluate();
  answer = async () => {
    throw new ChannelError('team answered 503', { isTemporary: true, retryAfterMs: 7 * 86_400_000 });
  };
  await run.send();
  const [entry] = await store.outbox();
  expect((entry?.nextAt ?? 0) - Date.now()).toBeLessThan(3_600_000);
});

test('an alert that this version cannot read is left out, and the others stay', async () => {
  await failedOrder();
  const run = runOf();
  await run.evaluate();
  const { redis, keys } = runtime;
  const known: unknown[] = JSON.parse((await redis.get(keys.alerts)) ?? '[]');
  expect(known.length).toBeGreaterThan(0);
  await redis.set(keys.alerts, JSON.stringify([{ alert: 'new', kind: 'kind_of_tomorrow' }, ...known]));
  expect((await store.read()).alerts).toHaveLength(known.length);
});

test('a muted kind sends nothing until its mute ends', async () => {
  await failedOrder();
  const mute = { part: 'kind', id: 'order_failed', by: 'ada', until: Date.now() + 3_600_000 } as const;
  await store.mute(mute);
  const run = runOf();
  await run.evaluate();
  expect(await store.outbox()).toEqual([]);
  await store.unmute(mute);
  await run.evaluate();
  expect(await store.outbox()).toHaveLength(1);
});
