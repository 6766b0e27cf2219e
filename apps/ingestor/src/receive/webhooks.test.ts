import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { newOrder, openLine, openRuntime, until } from '@fulfillment/platform/test-support';
import { factsOf, type OrderRef, WEBHOOK_PATH } from '@fulfillment/shared';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { MAX_WEBHOOK_BYTES, receiverOf, webhookRoutes } from './webhooks.ts';

const SECRETS = new Map([
  ['agt_1', 'whsec_one'],
  ['agt_2', 'whsec_two'],
]);
/** The number of cases for each property. The long run sets more. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 300);

/** The receiver on a port of its own, for two agents. */
async function openReceiver(redisUrl?: string) {
  const base = await openRuntime({
    agents: [...SECRETS.keys()],
    env: redisUrl === undefined ? {} : { REDIS_URL: redisUrl },
  });
  const { runtime } = base;
  for (const [id, secret] of SECRETS) runtime.agents.require(id).webhookSecret = secret;
  const receiver = await receiverOf(runtime);
  const address = await runtime.listen(
    0,
    async (server) => void (await server.register(webhookRoutes, { receiver })),
    { bodyLimit: MAX_WEBHOOK_BYTES },
  );
  // The receiver's connection fails fast: a webhook that arrives before the connection is open is
  // answered 503.
  await until('readiness', async () => (await fetch(`${address}/readyz`)).ok);
  return { ...base, address };
}

const app = await openReceiver();
const { runtime, address, lines } = app;
afterAll(() => app[Symbol.asyncDispose]());

interface Sending {
  agentId?: string;
  /** The agent whose secret signs. Null means no signature. */
  signedBy?: string | null;
  atSeconds?: number;
  to?: string;
}

/** A request as the marketplace makes it. Its headers and bytes can be sent any number of times. */
function requestOf(body: string | Uint8Array<ArrayBuffer>, sending: Sending = {}) {
  const { agentId = 'agt_1', signedBy = agentId } = sending;
  const at = sending.atSeconds ?? Math.floor(Date.now() / 1000);
  const signed = createHmac('sha256', SECRETS.get(signedBy ?? '') ?? 'whsec_other')
    .update(`${at}.`)
    .update(body)
    .digest('hex');
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-atelier-agent-id': agentId,
      ...(signedBy === null ? {} : { 'x-atelier-signature': `t=${at},v1=${signed}` }),
    },
    body,
  };
}

async function send(body: string | Uint8Array<ArrayBuffer>, sending: Sending = {}) {
  const answer = await fetch(`${sending.to ?? address}${WEBHOOK_PATH}`, requestOf(body, sending));
  return { status: answer.status, told: ((await answer.json()) as { status: string }).status };
}

const event = (ref: OrderRef, name = 'order.paid', data: object = { status: 'paid' }) =>
  JSON.stringify({ event: name, order_id: ref.orderId, data });
const pokes = async (ref: OrderRef) =>
  (await runtime.queues.get('orders').getJobs(['wait', 'delayed', 'active', 'prioritized'])).filter(
    (job) => job.data.orderId === ref.orderId,
  ).length;

describe('a webhook for one of our agents', () => {
  test('is accepted once its facts are stored, and its order is poked', async () => {
    const ref = newOrder();
    const feedback = { feedback: 'Bluer, please', revision_count: 1, max_revisions: 2, is_extra: false };
    expect(await send(event(ref, 'order.revision_requested', feedback))).toEqual({
      status: 202,
      told: 'accepted',
    });
    const record = await runtime.store.load(ref);
    expect(record).toMatchObject({ ...ref, hints: 1 });
    expect(record && factsOf(record, 'revision_requested')).toMatchObject([
      { revision: 1, feedback: 'Bluer, please' },
    ]);
    await until('one poke', async () => (await pokes(ref)) === 1);
  });

  test('and its replay are one fact and one waiting poke', async () => {
    const ref = newOrder();
    const signed = requestOf(event(ref));
    for (let copy = 0; copy < 3; copy += 1)
      expect((await fetch(address + WEBHOOK_PATH, signed)).status).toBe(202);
    const record = await runtime.store.load(ref);
    expect(record && factsOf(record, 'heard')).toHaveLength(1);
    await until('one poke', async () => (await pokes(ref)) === 1);
  });

  test('and says the same again minutes later is another message, and its retry seconds later is not', async () => {
    const ref = newOrder();
    const body = event(ref, 'order.message', {
      sender_type: 'client',
      sender_name: 'Ada',
      content: 'Hello?',
    });
    const now = Math.floor(Date.now() / 1000);
    for (const atSeconds of [now - 240, now - 235, now, now + 5])
      expect((await send(body, { atSeconds })).status).toBe(202);
    const record = await runtime.store.load(ref);
    expect(record && factsOf(record, 'buyer_message').map(({ sentAt }) => sentAt)).toEqual([
      (now - 240) * 1000,
      now * 1000,
    ]);
  });

  test('and reports something nobody knows yet is a hint like any other', async () => {
    const ref = newOrder();
    expect((await send(event(ref, 'order.sparkled', { much: true }))).status).toBe(202);
    await until('one poke', async () => (await pokes(ref)) === 1);
  });

  test('and names no order shows that webhooks work', async () => {
    const winners = newOrder('agt_2');
    for (const order_id of [undefined, null, winners.orderId]) {
      const lost = JSON.stringify({ event: 'bounty.claim_rejected', order_id, data: { bounty_id: 'bty_1' } });
      expect((await send(lost, { agentId: 'agt_2' })).status).toBe(202);
    }
    expect(await runtime.redis.hget(runtime.keys.polling('agt_2'), 'heardAt')).not.toBeNull();
    expect(await runtime.store.load(winners)).toBeNull();
    expect(await pokes(winners)).toBe(0);
  });

  test('belongs to its own agent only', async () => {
    const ref = newOrder('agt_2');
    await send(event(ref), { agentId: 'agt_2' });
    expect(await runtime.store.load(ref)).not.toBeNull();
    expect(await runtime.store.load({ ...ref, agentId: 'agt_1' })).toBeNull();
  });
});

describe('a rejected webhook leaves no trace:', () => {
  const now = () => Math.floor(Date.now() / 1000);
  test.each<[string, number, () => Sending]>([
    ['without a signature', 401, () => ({ signedBy: null })],
    ['with a forged one', 401, () => ({ signedBy: 'nobody' })],
    ["with another agent's", 401, () => ({ signedBy: 'agt_2' })],
    ['301 s old', 401, () => ({ atSeconds: now() - 302 })],
    ['301 s ahead', 401, () => ({ atSeconds: now() + 303 })],
    ['for an agent that is not ours', 404, () => ({ agentId: 'agt_9' })],
    ['for an agent named like a property', 404, () => ({ agentId: '__proto__' })],
  ])('%s (%i)', async (_what, status, sending) => {
    const ref = newOrder();
    expect((await send(event(ref), sending())).status).toBe(status);
    expect(await runtime.store.load(ref)).toBeNull();
    expect(await pokes(ref)).toBe(0);
  });

  test.each<[string, string]>([
    ['no JSON', 'not json'],
    ['nothing', ''],
    ['truncated', '{"event":"order.paid","order_id":"ord_1"'],
    ['no order', '{"event":"order.paid","data":{}}'],
    ['an order id with a path in it', '{"event":"order.paid","order_id":"../x","data":{}}'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('%s (400), and its sender learns the reason', async (_what, body) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(answer.told).toMatch(/^malformed: .+/);
  });

  test('over 256 KB (413), and exactly 256 KB is accepted', async () => {
    const ref = newOrder();
    const frame = event(ref, 'order.paid', { brief: '' }).length;
    const fits = event(ref, 'order.paid', { brief: 'x'.repeat(MAX_WEBHOOK_BYTES - frame) });
    expect((await send(fits)).status).toBe(202);
    const other = newOrder();
    const over = event(other, 'order.paid', { brief: 'x'.repeat(1_000_000) });
    expect((await send(over, { agentId: 'agt_2' })).status).toBe(413);
    expect(lines.filter(({ msg }) => msg === 'webhook rejected: its body cannot be read')).toMatchObject([
      { agentId: 'agt_2', bytes: over.length, status: 413, reason: 'Request body is too large' },
    ]);
    expect(await runtime.store.load(other)).toBeNull();
  });

  test('cut off in the middle, and the next webhook is served', async () => {
    const { hostname, port } = new URL(address);
    const socket = connect(Number(port), hostname);
    socket.end(`POST ${WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"event":`);
    socket.resume();
    await once(socket, 'close');
    expect((await send(event(newOrder()))).status).toBe(202);
  });
});

test('no secret or signature reaches the log', async () => {
  await send(event(newOrder()), { signedBy: 'nobody' });
  const told = JSON.stringify(lines);
  for (const secret of SECRETS.values()) expect(told).not.toContain(secret);
  expect(told).not.toContain('v1=');
});

test('until every agent is identified, a webhook for an unknown agent must be sent again', async () => {
  const { agents } = runtime;
  const known = agents.isComplete;
  expect(known).toBe(true);
  Object.defineProperty(agents, 'isComplete', { value: false, configurable: true });
  expect(await send(event(newOrder()), { agentId: 'agt_9' })).toEqual({
    status: 503,
    told: 'not ready yet, send it again',
  });
  Reflect.deleteProperty(agents, 'isComplete');
});

test('while Redis is away, webhooks get 503 at once, and are accepted afterwards', async () => {
  await using line = await openLine(process.env.REDIS_URL ?? '');
  await using away = await openReceiver(line.url);
  const isAccepted = async (body: string) => (await send(body, { to: away.address })).status === 202;
  await until('the connection', () => isAccepted(event(newOrder())));
  await line.cut();
  expect(await send(event(newOrder()), { to: away.address })).toEqual({
    status: 503,
    told: 'cannot be stored now, send it again',
  });
  await line.join();
  const late = newOrder();
  await until('a webhook to be accepted', () => isAccepted(event(late)));
  expect(await away.runtime.store.load(late)).not.toBeNull();
});

describe('any request is answered without a server error:', () => {
  test('bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, isSigned) => {
        const body = new Uint8Array(bytes);
        const { status } = await send(body, isSigned ? {} : { signedBy: 'nobody' });
        expect(status).toBe(isSigned ? 400 : 401);
      }),
      { numRuns: RUNS },
    );
  });

  test('headers of every shape, and only the signing agent is accepted', async () => {
    // What a client can put into a header: bytes of Latin-1 without control characters.
    const text = fc
      .string({
        unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
        maxLength: 200,
      })
      .map((value) => value.replaceAll('\x7f', ''));
    const seconds = fc.oneof(
      fc.constantFrom('', 'NaN', '1e99', '-1', '0x7fffffff'),
      fc.integer().map(String),
    );
    const digest = fc.oneof(fc.stringMatching(/^[0-9a-f]{0,64}$/), text);
    const signature = fc.oneof(
      text,
      fc
        .tuple(seconds, fc.array(digest, { maxLength: 4 }))
        .map(([at, all]) => [`t=${at}`, ...all.map((one) => `v1=${one}`)].join(',')),
      fc.tuple(fc.constant(Math.floor(Date.now() / 1000)), digest).map(([at, one]) => `t=${at},v1=${one}`),
    );
    const agent = fc.oneof(
      text,
      fc.constantFrom('agt_1', 'agt_2', '', 'constructor', '__proto__', 'agt_1, agt_2'),
    );
    await fc.assert(
      fc.asyncProperty(agent, signature, async (agentId, header) => {
        const ref = newOrder();
        const request = requestOf(event(ref));
        const headers = { ...request.headers, 'x-atelier-agent-id': agentId, 'x-atelier-signature': header };
        const { status } = await fetch(address + WEBHOOK_PATH, { ...request, headers });
        expect(status).toBe(SECRETS.has(agentId.trim()) ? 401 : 404);
        expect(await runtime.store.load(ref)).toBeNull();
      }),
      { numRuns: RUNS },
    );
  });

  test('events of every shape', async () => {
    const shapes = fc.record(
      {
        event: fc.oneof(
          fc.constantFrom(
            'order.paid',
            'order.message',
            'order.disputed',
            'bounty.accepted',
            'order.revision_requested',
          ),
          fc.jsonValue(),
        ),
        order_id: fc.oneof(fc.uuid(), fc.jsonValue()),
        data: fc.oneof(
          fc.jsonValue(),
          fc.record({
            feedback: fc.jsonValue(),
            content: fc.jsonValue(),
            revision_count: fc.jsonValue(),
            reason: fc.jsonValue(),
          }),
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const { status } = await send(JSON.stringify(shape));
        expect([202, 400]).toContain(status);
        if (status === 202 && typeof shape.order_id === 'string') {
          expect(await runtime.store.load({ agentId: 'agt_1', orderId: shape.order_id })).not.toBeNull();
        }
      }),
      { numRuns: RUNS },
    );
  });
});
