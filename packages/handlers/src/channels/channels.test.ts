import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { discord } from './discord.ts';
import { email } from './email.ts';
import { type AlertChannel, type AlertMessage, ChannelError } from './message.ts';
import { ntfy } from './ntfy.ts';
import { slack } from './slack.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';

const MESSAGE: AlertMessage = {
  id: 'msg_1',
  alert: 'order_failed',
  kind: 'order_failed',
  severity: 'critical',
  state: 'opened',
  title: 'Handler "<painter>" failed',
  advice: 'Retry.',
  count: 3,
  amountUsd: '60.00',
  dueAt: '2026-11-26T12:00:00.000Z',
  openedAt: '2026-11-26T11:00:00.000Z',
  link: 'https://console.example/orders',
  runbookLink: 'https://console.example/alerts/runbook#order_failed',
  acknowledgeLink: 'https://console.example/alerts/acknowledge?alert=x',
};
const TOKEN = 'very-secret-token';
const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}
let answer: Answer | 'reset';
let requests: { request: IncomingMessage; body: string }[] = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  requests.push({ request, body });
  if (answer === 'reset') request.socket.resetAndDestroy();
  else response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const url = `${base}/${TOKEN}`;

const mails: string[] = [];
let refusal: { code: number } | null = null;
const mailServer = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onAuth: ({ username, password }, _session, done) =>
    password === TOKEN
      ? done(null, { user: username ?? '' })
      : done(Object.assign(new Error(`no, ${password}`), { responseCode: 535 })),
  onRcptTo: (_address, _session, done) =>
    done(refusal === null ? null : Object.assign(new Error('no'), { responseCode: refusal.code })),
  onData(stream, _session, done) {
    let text = '';
    stream.on('data', (chunk) => {
      text += String(chunk);
    });
    stream.on('end', () => {
      mails.push(text);
      done();
    });
  },
});
mailServer.on('error', () => undefined);
mailServer.listen(0, '127.0.0.1');
await once(mailServer.server, 'listening');
const mailPort = (mailServer.server.address() as AddressInfo).port;
const smtp = (password = TOKEN) => `smtp://user:${password}@127.0.0.1:${mailPort}`;

afterAll(async () => {
  server.close();
  await new Promise<void>((resolve) => mailServer.close(resolve));
});
beforeEach(() => {
  answer = { status: 200 };
  requests = [];
  refusal = null;
});

const HTTP_CHANNELS: [string, AlertChannel][] = [
  ['slack', slack({ webhookUrl: url })],
  ['discord', discord({ webhookUrl: url })],
  ['telegram', telegram({ botToken: TOKEN, chatId: 7, apiUrl: base })],
  ['ntfy', ntfy({ topic: TOKEN, server: base })],
  ['webhook', webhook({ url, secret: WEBHOOK_SECRET })],
];
const never = new AbortController().signal;
const failureOf = (channel: AlertChannel) =>
  channel.send(MESSAGE, never).then(
    () => null,
    (error: unknown) => (error instanceof ChannelError ? error : new Error(`not a ChannelError: ${error}`)),
  );
const sent = () => JSON.parse(requests[0]?.body ?? '');

describe.each(HTTP_CHANNELS)('%s', (_name, channel) => {
  test.each<[string, typeof answer, { isTemporary: boolean; retryAfterMs: number | null }]>([
    [
      '429 with a time',
      { status: 429, headers: { 'retry-after': '7' } },
      { isTemporary: true, retryAfterMs: 7000 },
    ],
    ['500', { status: 500, body: 'oops' }, { isTemporary: true, retryAfterMs: null }],
    ['400', { status: 400 }, { isTemporary: false, retryAfterMs: null }],
    // The address is wrong or was revoked. The message is kept until somebody has repaired it.
    ['404', { status: 404 }, { isTemporary: true, retryAfterMs: null }],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      { isTemporary: true, retryAfterMs: null },
    ],
    ['a broken connection', 'reset', { isTemporary: true, retryAfterMs: null }],
  ])('reports %s, and never its token', async (_what, given, expected) => {
    answer = given;
    const failure = await failureOf(channel);
    expect(failure).toMatchObject(expected);
    expect(`${failure?.message} ${failure?.stack}`).not.toContain(TOKEN);
    expect(requests).toHaveLength(1);
  });

  test('sends title, money, due time and links', async () => {
    expect(await failureOf(channel)).toBeNull();
    const { body } = requests[0] ?? { body: '' };
    for (const part of ['painter', '60.00', '2026-11-26', 'console.example']) expect(body).toContain(part);
  });

  test('ends when it is aborted', async () => {
    const stopped = AbortSignal.abort();
    await expect(channel.send(MESSAGE, stopped)).rejects.toBeInstanceOf(ChannelError);
  });
});

test('slack escapes its own markup', async () => {
  await slack({ webhookUrl: url }).send(MESSAGE, never);
  expect(sent().text).toContain('Handler "&lt;painter&gt;" failed (3)');
});

test('discord mentions nobody, and waits as its body says', async () => {
  await discord({ webhookUrl: url }).send(MESSAGE, never);
  expect(sent()).toMatchObject({ allowed_mentions: { parse: [] } });
  answer = { status: 429, body: '{"retry_after":1.5}' };
  expect(await failureOf(discord({ webhookUrl: url }))).toMatchObject({ retryAfterMs: 1500 });
});

test('telegram writes to its chat, checks its token, and waits as its body says', async () => {
  const channel = telegram({ botToken: TOKEN, chatId: 7, apiUrl: base });
  await channel.send(MESSAGE, never);
  await channel.check?.(never);
  expect(requests.map(({ request }) => request.url)).toEqual([
    `/bot${TOKEN}/sendMessage`,
    `/bot${TOKEN}/getMe`,
  ]);
  expect(sent()).toMatchObject({ chat_id: 7 });
  answer = { status: 429, body: '{"parameters":{"retry_after":3}}' };
  expect(await failureOf(channel)).toMatchObject({ retryAfterMs: 3000 });
});

test('ntfy has a priority, and shows its token only to the server', async () => {
  await ntfy({ topic: 'shop', server: base, token: TOKEN }).send(MESSAGE, never);
  expect(sent()).toMatchObject({ topic: 'shop', priority: 5, click: MESSAGE.link });
  expect(requests[0]?.request.headers.authorization).toBe(`Bearer ${TOKEN}`);
});

test('webhook is signed as a Standard Webhook, and carries the message', async () => {
  await webhook({ url, secret: WEBHOOK_SECRET }).send(MESSAGE, never);
  const { request, body } = requests[0] ?? {};
  const headers = request?.headers as Record<string, string>;
  expect(new Webhook(WEBHOOK_SECRET).verify(body ?? '', headers)).toEqual(MESSAGE);
  expect(headers['webhook-id']).toBe(MESSAGE.id);
});

describe('email', () => {
  const channel = (password?: string) =>
    email({ smtpUrl: smtp(password), from: 'shop@example.com', to: ['ada@example.com', 'ben@example.com'] });

  test('is sent to all, with the title as its subject', async () => {
    expect(await failureOf(channel())).toBeNull();
    const mail = mails.at(-1) ?? '';
    expect(mail).toMatch(/^Subject: =\?UTF-8\?Q\?=5Bcritical=5D_Handler_=22=3Cpainter=3E/m);
    expect(mail).toContain('ada@example.com, ben@example.com');
    expect(mail).toContain('Orders worth $60.00');
  });

  test.each([
    [550, false],
    [451, true],
  ])('a mail server that answers %i: temporary %s', async (code, isTemporary) => {
    refusal = { code };
    expect(await failureOf(channel())).toMatchObject({ isTemporary });
  });

  test('a wrong password may be repaired, and is not in the error', async () => {
    const failure = await failureOf(channel('wrong-password'));
    expect(failure).toMatchObject({ isTemporary: true });
    expect(`${failure?.message} ${failure?.stack}`).not.toContain('wrong-password');
    await expect(channel('wrong-password').check?.(never)).rejects.toBeInstanceOf(ChannelError);
    await channel().check?.(never);
  });

  test.each([
    ['50%-off-today', '50%-off-today'],
    ['50%25-off-today', '50%-off-today'],
  ])('the password %s is known as the secret %s', (given, known) => {
    const { problem, secrets } = channel(given);
    expect(problem).toBeUndefined();
    expect(secrets).toContain(known);
  });

  test('a mail server that is away is temporary', async () => {
    const away = email({ smtpUrl: 'smtp://127.0.0.1:1', from: 'a@example.com', to: 'b@example.com' });
    expect(await failureOf(away)).toMatchObject({ isTemporary: true });
  });
});

test.each<[string, () => AlertChannel]>([
  ['slack has no webhookUrl', () => slack({ webhookUrl: undefined })],
  ['discord: webhookUrl is not an address', () => discord({ webhookUrl: TOKEN })],
  ['telegram has no botToken', () => telegram({ botToken: '', chatId: 1 })],
  ['ntfy has no topic', () => ntfy({ topic: undefined })],
  ['webhook has no secret', () => webhook({ url, secret: undefined })],
  ['email: smtpUrl is not an address', () => email({ smtpUrl: TOKEN, from: 'a', to: 'b' })],
  ['webhook: secret is not a secret', () => webhook({ url, secret: '_' })],
])('%s: the channel says so, without the value', async (text, make) => {
  const channel = make();
  expect(channel.problem).toContain(text);
  expect(channel.problem).not.toContain(TOKEN);
  expect(await failureOf(channel)).toMatchObject({ message: channel.problem, isTemporary: true });
});

test.each(HTTP_CHANNELS)('%s has no problem when its options are right', (_name, channel) => {
  expect(channel).not.toHaveProperty('problem');
});
