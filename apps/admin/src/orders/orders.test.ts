import { type Fact, jobFor, noteFor } from '@fulfillment/shared';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';

let admin: TestAdmin;
let number = 0;
let ref = { agentId: 'agent_1', orderId: 'ord_0' };
let path = '';

beforeAll(async () => {
  admin = await startTestAdmin();
});
afterAll(() => admin.close());
beforeEach(() => {
  number += 1;
  ref = { agentId: 'agent_1', orderId: `ord_${number}` };
  path = `/orders/${ref.agentId}/${ref.orderId}`;
});

const FAILED: Fact = {
  type: 'failed',
  stepKey: 'generate:0',
  attempt: 0,
  reason: 'Handler "draw" threw: no ink.',
};

async function facts(type: Fact['type']): Promise<Fact[]> {
  const record = await admin.runtime.store.load(ref);
  return record?.facts.filter((fact) => fact.type === type).map(({ at: _at, ...fact }) => fact as Fact) ?? [];
}

async function pokes(): Promise<number> {
  const jobs = await admin.runtime.queues.get('orders').getJobs(['wait', 'delayed', 'prioritized']);
  return jobs.filter((job) => job.data.orderId === ref.orderId && job.data.via === 'operator').length;
}

describe('actions', () => {
  test('Retry writes the fact and pokes. A second press says that nothing waits for it', async () => {
    await putOrder(admin.runtime, ref, { facts: [FAILED] });
    const form = { action: 'retry', attention: 'failed:generate:0:0' };
    expect((await admin.ask(path)).body).toContain('name="attention" value="failed:generate:0:0"');

    const answer = await admin.press(`${path}/actions`, form);
    expect([answer.status, answer.headers.location]).toEqual([303, path]);
    expect(await facts('operator_retried')).toEqual([
      { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'operator' },
    ]);
    expect(await pokes()).toBe(1);
    expect((await admin.ask(path)).body).toContain('Generate the first version (attempt 2)');

    const again = await admin.press(`${path}/actions`, form);
    expect(again.status).toBe(409);
    expect(again.body).toContain('Nothing was changed');
    expect(again.body).toContain(`href="${path}"`);
    expect(await facts('operator_retried')).toHaveLength(1);
  });

  test('Release starts a held round', async () => {
    await putOrder(admin.runtime, ref, { fields: { brief: null } });
    const answer = await admin.press(`${path}/actions`, { action: 'release', attention: 'no_brief' });
    expect(answer.status).toBe(303);
    expect(await facts('operator_released')).toEqual([
      { type: 'operator_released', round: '0', attentionKey: 'no_brief', by: 'operator' },
    ]);
    expect(await pokes()).toBe(1);
  });

  test.each<[string, string, Record<string, unknown>, Fact[], Record<string, unknown>]>([
    [
      'Retry',
      'failed:generate:0:0',
      {},
      [FAILED],
      { type: 'operator_retried', stepKey: 'generate:0', attempt: 0 },
    ],
    [
      'Release',
      'disputed:0d',
      { status: 'disputed' },
      [],
      { type: 'operator_released', round: '0d', attentionKey: 'disputed:0d' },
    ],
  ])('%s takes a note for the handler', async (_, attention, fields, before, fact) => {
    await putOrder(admin.runtime, ref, { fields, facts: before });
    expect((await admin.ask(path)).body).toContain('Note for the handler');
    const note = 'The buyer means the <b>left</b> photo.';
    const action = fact.type === 'operator_retried' ? 'retry' : 'release';
    const answer = await admin.press(`${path}/actions`, { action, attention, note });
    expect(answer.status).toBe(303);
    const record = await admin.runtime.store.load(ref);
    expect(record?.facts).toContainEqual(expect.objectContaining({ ...fact, note, by: 'operator' }));
    expect(noteFor(record ?? expect.fail('There is no record.'), attention.endsWith('0d') ? '0d' : '0')).toBe(
      note,
    );
    expect((await admin.ask(path)).body).toContain('The buyer means the &lt;b&gt;left&lt;/b&gt; photo.');
  });

  test('a step that calls no handler takes no note', async () => {
    await putOrder(admin.runtime, ref, {
      fields: { status: 'pending_quote', quoted_price_usd: null },
      facts: [{ ...FAILED, stepKey: 'price:0' }],
    });
    const { body } = await admin.ask(path);
    expect(body).toContain('Set the price again');
    expect(body).not.toContain('Note for the handler');
  });

  test('a failed payout can be requested again', async () => {
    const failed = { type: 'payout', outcome: 'failed', amountUsd: null, chain: null, txHash: null } as const;
    await putOrder(admin.runtime, ref, {
      fields: { status: 'completed' },
      facts: [
        { type: 'completed', priceUsd: '45.00', feeUsd: '4.50', netUsd: '40.50' },
        { ...failed, reason: 'no payout wallet' },
      ],
    });
    expect((await admin.ask(path)).body).toContain('Ask Atelier to retry the payout');
    const form = { action: 'retry_payout', attention: 'payout_failed' };
    expect((await admin.press(`${path}/actions`, form)).status).toBe(303);
    expect(await facts('payout_retry_asked')).toEqual([
      { type: 'payout_retry_asked', index: 0, by: 'operator' },
    ]);
    expect((await admin.ask(path)).body).toContain('Next: Ask Atelier to retry the payout');
    expect((await admin.press(`${path}/actions`, form)).status).toBe(409);
  });

  test('Acknowledge closes an attention that we cannot resolve', async () => {
    await putOrder(admin.runtime, ref, {
      fields: { status: 'pending_quote' },
      facts: [{ type: 'refused', handler: 'draw', reason: 'We draw no dogs.', step: 'price', attempt: 0 }],
    });
    const answer = await admin.press(`${path}/actions`, { action: 'acknowledge', attention: 'refused' });
    expect(answer.status).toBe(303);
    expect(await facts('operator_acknowledged')).toEqual([
      { type: 'operator_acknowledged', attentionKey: 'refused', by: 'operator' },
    ]);
    expect(await pokes()).toBe(1);
    expect((await admin.ask(path)).body).not.toContain('This order waits for you');
  });

  test('an action that the attention does not offer is stale', async () => {
    await putOrder(admin.runtime, ref, { facts: [FAILED] });
    for (const [action, attention] of [
      ['acknowledge', 'failed:generate:0:0'],
      ['retry', 'failed:deliver:0:0'],
    ] as const) {
      expect((await admin.press(`${path}/actions`, { action, attention })).status).toBe(409);
    }
    expect(await pokes()).toBe(0);
  });

  test('two concurrent presses write one fact', async () => {
    await putOrder(admin.runtime, ref, { facts: [FAILED] });
    const form = { action: 'retry', attention: 'failed:generate:0:0' };
    const answers = await Promise.all([1, 2, 3].map(() => admin.press(`${path}/actions`, form)));
    expect(answers.every(({ status }) => status === 303 || status === 409)).toBe(true);
    expect(await facts('operator_retried')).toHaveLength(1);
  });

  test('an invalid form is rejected', async () => {
    await putOrder(admin.runtime, ref, { facts: [FAILED] });
    expect((await admin.press(`${path}/actions`, { action: 'destroy', attention: 'x' })).status).toBe(400);
    expect((await admin.press(`${path}/actions`, {})).status).toBe(400);
  });

  test('Read from Atelier now has the order read, and the page shows the answer', async () => {
    await putOrder(admin.runtime, ref);
    const { store } = admin.runtime;
    const before = await store.load(ref);
    const pressing = admin.press(`${path}/reconcile`, {});
    await expect.poll(pokes).toBe(1);
    const { snapshot, hints = 0 } = (await store.load(ref)) ?? {};
    expect(hints).toBe((before?.hints ?? 0) + 1);
    if (snapshot === undefined || snapshot === null) throw new Error('The order was never seen.');
    await store.observe(ref, { snapshot, askedAt: await store.now(), via: 'read', hintsAnswered: hints });
    const { location } = (await pressing).headers;
    expect(location).toMatch(/\?read=\d+$/);
    expect((await admin.ask(location ?? '')).body).toMatch(/Read from Atelier .*the status is/s);
  });

  test('a read that fails says why, and a read without an answer says so', async () => {
    await putOrder(admin.runtime, ref);
    const pressing = admin.press(`${path}/reconcile`, {});
    await expect.poll(pokes).toBe(1);
    const failed = { type: 'read_failed', observedAt: 1, reads: 0, reason: 'HTTP <b>503</b>' } as const;
    await admin.runtime.store.append(ref, [{ ...failed, isRefusal: false }]);
    const { location = '' } = (await pressing).headers;
    expect((await admin.ask(location)).body).toContain('HTTP &lt;b&gt;503&lt;/b&gt;');
    // The next read of the same series fails, too, and writes no further fact.
    const again = await admin.press(`${path}/reconcile`, {});
    expect((await admin.ask(again.headers.location ?? '')).body).toContain('has not shown the order since');
  });
});

test('the page shows the lines of the handler, and escapes them', async () => {
  await putOrder(admin.runtime, ref);
  const line = {
    at: Date.now(),
    level: 'warn',
    handler: 'painter',
    round: '0',
    message: '<b>slow</b>',
    fields: '{"a":1}',
  } as const;
  await admin.runtime.handlerLines.add(ref, line);
  expect((await admin.ask(path)).body).toMatch(
    /id="handler-log".*>warn<.*&lt;b&gt;slow&lt;\/b&gt;.*painter.*\{&quot;a&quot;:1\}/s,
  );
});

test.each([
  '/orders/agent_1/unknown',
  '/orders/agent_1/..%2f..',
  '/orders/%3Cscript%3E/x',
  '/orders/agent_1',
])('%s is not found, and the page says so', async (unknown) => {
  const answer = await admin.ask(unknown);
  expect(answer.status).toBe(404);
  expect(answer.body).toContain('There is no such');
  expect(answer.body).not.toContain('<script>');
});

test('an action on an unknown order is not found', async () => {
  const form = { action: 'retry', attention: 'x' };
  expect((await admin.press('/orders/agent_1/unknown/actions', form)).status).toBe(404);
  expect((await admin.press('/orders/agent_1/unknown/reconcile', {})).status).toBe(404);
});

test('text from a buyer or a generator is inert', async () => {
  const evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'`&';
  await putOrder(admin.runtime, ref, {
    fields: {
      brief: evil + 'x'.repeat(2000) + evil,
      service_title: evil,
      client_name: evil,
      quoted_price_usd: evil,
      requirement_answers: { [evil]: evil, list: [evil] },
      reference_urls: ['javascript:alert(3)', 'https://example.com/?"><script>'],
      status: evil,
    },
    facts: [
      { type: 'buyer_message', content: evil, senderName: evil, bodyHash: 'a' },
      { type: 'dispute_opened', reason: evil, bodyHash: 'b' },
      { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: evil },
      {
        type: 'delivered',
        round: '0',
        deliverables: [{ url: 'javascript:alert(4)', mediaType: 'link' }],
        found: false,
      },
    ],
  });
  const record = await admin.runtime.store.load(ref);
  expect(record?.facts).toHaveLength(5);
  const { body } = await admin.ask(path);
  expect(body).toContain('&lt;script&gt;alert(1)');
  expect(body.match(/<script[^>]*>/g)).toEqual([
    expect.stringMatching(/^<script src="\/assets\/\w+\/idiomorph.js" defer>$/),
    expect.stringMatching(/^<script type="module" src="\/assets\/\w+\/console.js">$/),
  ]);
  expect(body).not.toMatch(/<img|href="javascript:|\son\w+="/);
  expect(body).toContain('rel="noopener noreferrer nofollow"');
});

test('the order page shows its jobs, and the board links back', async () => {
  await putOrder(admin.runtime, ref);
  const step = { name: 'generate', round: '0', attempt: 0 } as const;
  await admin.runtime.queues.ensure(ref, step, Date.now());
  const { jobId } = jobFor(ref, step);
  expect((await admin.ask(path)).body).toContain(`href="/queues/queue/generation/${jobId}"`);
  expect((await admin.ask(`/queues/queue/generation/${jobId}`)).body).toContain('<base href="/queues/"');
  const { body } = await admin.ask(`/queues/api/queues/generation/${jobId}`);
  expect((JSON.parse(body) as { job: { externalUrl: { href: string } } }).job.externalUrl.href).toBe(path);
});

test('the board shows no secret from any part of a job', async () => {
  const queue = admin.runtime.queues.get('messages');
  const job = await queue.add('send', { note: 'key atelier_abcdef123456' }, { jobId: 'leaky' });
  await job.log('whsec_abcdef123456');
  await job.updateProgress({ url: 'redis://user:hunter22@host:1' });
  for (const at of ['', '/logs', '/flow']) {
    const { status, body } = await admin.ask(`/queues/api/queues/messages/leaky${at}`);
    expect(status).toBe(200);
    expect(body).not.toMatch(/abcdef123456|hunter22/);
  }
  await job.remove();
});
