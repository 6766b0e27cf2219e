import { randomUUID } from 'node:crypto';
import { AlertStore, LinkSigner } from '@fulfillment/alerts';
import { slack } from '@fulfillment/handlers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';

const channel = slack({ webhookUrl: 'https://hooks.example/very-secret' });
const route = { name: 'team', channel, severity: 'warning', onlyEscalated: false } as const;
const alerts = { channels: [route], groupSeconds: 60, repeatHours: 4 };
const links = new LinkSigner([{ apiKey: 'atelier_test' }]);
const OPENED = Date.UTC(2026, 10, 26, 12);
const ALERT = 'order_failed:Handler "<b>painter</b>" failed';

let admin: TestAdmin;
let store: AlertStore;
let cookie: string;
beforeAll(async () => {
  admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD }, [], { alerts });
  cookie = await admin.logIn();
  store = new AlertStore(admin.runtime.redis, admin.runtime.keys);
  await open();
});
afterAll(() => admin.close());

/** Opens the alert, as an evaluation does. */
async function open(): Promise<void> {
  await admin.runtime.redis.del(admin.runtime.keys.alertAcknowledgements);
  const { text } = await store.read();
  const alert = {
    alert: ALERT,
    kind: 'order_failed',
    severity: 'critical',
    title: 'Handler "<b>painter</b>" failed',
    openedAt: OPENED,
    emptySince: null,
    count: 3,
    amountUsd: '60.00',
    dueAt: null,
    path: '/',
    agentIds: [],
    handlers: ['painter'],
    acknowledged: null,
    isMuted: false,
    told: {
      team: { firstAt: OPENED, at: OPENED, keys: [], messages: 1, escalatedAt: null, emptySince: null },
    },
  } as const;
  const extent = { count: 3, amountUsd: '60.00', dueAt: null, path: '/' };
  await store.save(
    text,
    {
      alerts: [
        {
          ...alert,
          agentIds: [],
          handlers: ['painter'],
          told: { team: { ...alert.told.team, keys: [], extent } },
        },
      ],
      messages: [],
    },
    OPENED,
  );
}
const page = async () => (await admin.ask('/alerts', { headers: { cookie } })).body;
const press = (path: string, form: Record<string, string>) => admin.press(path, form, { cookie });

test('the page shows open alerts with money and channels, escapes names, and shows no secret', async () => {
  const body = await page();
  expect(body).toContain('Handler &quot;&lt;b&gt;painter&lt;/b&gt;&quot; failed');
  expect(body).toMatch(/data-label="Worth" class="num">\$60\.00/);
  expect(body).toContain('sent to team');
  expect(body).not.toContain('very-secret');
});

test('Acknowledge says who, once, and an alert that is over is refused', async () => {
  const form = { alert: ALERT, openedAt: String(OPENED) };
  expect((await press('/alerts/acknowledge', form)).status).toBe(303);
  expect(await page()).toMatch(/Acknowledged.*by <bdi>operator<\/bdi>/s);
  expect((await press('/alerts/acknowledge', form)).status).toBe(409);
  expect((await press('/alerts/acknowledge', { ...form, openedAt: '5' })).status).toBe(409);
  await open();
});

test('a signed link acknowledges without a login, after a click', async () => {
  const query = links.queryOf(ALERT, OPENED);
  const asked = await admin.ask(`/alerts/acknowledge?${query}`);
  expect([asked.status, asked.body.includes('acknowledge-by-link')]).toEqual([200, true]);
  expect((await store.read()).alerts[0]?.acknowledged).toBeNull();
  const form = Object.fromEntries(new URLSearchParams(query));
  expect((await admin.press('/alerts/acknowledge-by-link', form)).body).toContain(
    'The alert is acknowledged.',
  );
  expect((await admin.press('/alerts/acknowledge-by-link', form)).body).toContain('acknowledged before');
  expect((await store.read()).alerts[0]?.acknowledged).toMatchObject({ by: 'a link' });
  const forged = { ...form, openedAt: String(OPENED + 1) };
  expect((await admin.press('/alerts/acknowledge-by-link', forged)).status).toBe(403);
  expect((await admin.ask('/alerts/acknowledge?alert=x&openedAt=1&signature=y')).status).toBe(403);
});

test('a test goes to the outbox, and an unknown channel is refused', async () => {
  expect((await press('/alerts/test', { channel: 'team' })).status).toBe(303);
  expect(await store.outbox()).toMatchObject([{ channel: 'team', message: { state: 'test' } }]);
  expect(await page()).toContain('Not sent yet');
  expect((await press('/alerts/test', { channel: 'nobody' })).status).toBe(404);
});

test('a mute lasts its hours, and is ended early', async () => {
  await press('/alerts/mute', { part: 'handler', id: 'painter', hours: '4' });
  const [mute] = await store.mutes();
  expect(mute).toMatchObject({ part: 'handler', id: 'painter', by: 'operator' });
  expect(await page()).toMatch(/handler <b><bdi>painter<\/bdi><\/b>/);
  await press('/alerts/unmute', { part: 'handler', id: 'painter' });
  expect(await store.mutes()).toEqual([]);
  for (const form of [
    { part: 'kind', id: 'nothing', hours: '4' },
    { part: 'handler', id: 'a', hours: '0' },
  ])
    expect((await press('/alerts/mute', form)).status).toBe(400);
});

test('a guest sees neither the alerts nor the runbook, and nobody changes anything without a login', async () => {
  for (const path of ['/alerts', '/alerts/runbook']) expect((await admin.ask(path)).status).toBe(303);
  expect((await admin.press('/alerts/mute', { part: 'kind', id: 'order_late', hours: '1' })).status).toBe(
    401,
  );
  const runbook = (await admin.ask('/alerts/runbook', { headers: { cookie } })).body;
  expect(runbook).toContain('id="order_failed"');
});

test('the history shows what a channel did not take', async () => {
  const [entry] = await store.outbox();
  if (entry === undefined) throw new Error('There is no message.');
  const result = {
    at: Date.now(),
    channel: 'team',
    title: randomUUID(),
    state: 'opened',
    failure: 'slack answered 404',
    tries: 2,
  };
  await store.finish(entry, result);
  expect(await page()).toMatch(new RegExp(`${result.title}.*given up.*slack answered 404`, 's'));
});
