import { localDisk, type SavedArtifact } from '@fulfillment/artifacts';
import { addBytes } from '@fulfillment/artifacts/test-support';
import type { GenerateContext } from '@fulfillment/handlers';
import { until } from '@fulfillment/platform/test-support';
import type { Fact } from '@fulfillment/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { GENERATE, openGeneration } from './test-support/generation.ts';

const app = await openGeneration({ policy: { dispute: 'redeliver' } });
const { market, placeFor, untilFact, job, lines } = app;
afterAll(() => app[Symbol.asyncDispose]());

const DONE = { url: 'https://files.example/cat.png', mediaType: 'image' } as const;
const delivered = (round: string, url: string): Fact => ({
  type: 'delivered',
  round,
  deliverables: [{ url, mediaType: 'image' }],
  found: false,
});

/** What the handler of a new order was given, once its round is generated. */
async function given(
  fields: Record<string, unknown> = {},
  facts: Fact[] = [],
  work: (ctx: GenerateContext) => Promise<unknown> | unknown = () => undefined,
) {
  let seen: GenerateContext | undefined;
  const ref = await placeFor(
    {
      name: 'painter',
      generate: async (ctx) => {
        seen = ctx;
        await work(ctx);
        return DONE;
      },
    },
    fields,
    facts,
  );
  // An earlier round's fact may already be present.
  const ctx = await until('the handler to be called', async () => seen);
  const generated = await untilFact(ref, 'generated');
  return { ref, ctx, generated };
}

describe('a handler gets', () => {
  test('the order, with parsed references and answers', async () => {
    const { ctx } = await given({
      reference_urls: '["https://a.example"]',
      reference_images: 'no JSON',
      requirement_answers: '{"size":"A4"}',
      client_name: 'Ada',
      quoted_price_usd: '45.00',
    });
    expect(ctx.order).toMatchObject({
      brief: 'Paint my cat.',
      serviceTitle: 'A portrait',
      referenceUrls: ['https://a.example'],
      referenceImages: [],
      requirementAnswers: { size: 'A4' },
      clientName: 'Ada',
      quotedPriceUsd: '45.00',
      maxRevisions: 3,
      agentId: 'agt_1',
      agent: 'agt_1',
    });
    expect(ctx).toMatchObject({ round: 0, feedback: null, isDispute: false, earlier: [] });
  });

  test("a revision's feedback, and the deliverables of earlier rounds", async () => {
    const { ctx } = await given({ status: 'revision_requested', revision_count: 2 }, [
      delivered('0', 'https://files.example/0'),
      delivered('1', 'https://files.example/1'),
      { type: 'revision_requested', revision: 1, feedback: 'Bluer.', isExtra: false },
      { type: 'revision_requested', revision: 2, feedback: 'Redder.', isExtra: true },
    ]);
    expect(ctx).toMatchObject({ round: 2, feedback: 'Redder.', isDispute: false });
    expect(ctx.earlier).toMatchObject([
      { round: 0, deliverables: [{ url: 'https://files.example/0', mediaType: 'image' }] },
      { round: 1, deliverables: [{ url: 'https://files.example/1', mediaType: 'image' }] },
    ]);
    expect(await ctx.earlier[0]?.deliverables[0]?.read()).toBe(null);
  });

  test('the bytes of an earlier deliverable, if we kept them', async () => {
    const artifact = await addBytes(localDisk({ folder: app.folder }), {
      orderId: 'ord_1',
      round: '0',
      body: 'The first version.',
      contentType: 'text/plain',
    });
    const { ctx } = await given({ status: 'revision_requested', revision_count: 1 }, [
      {
        type: 'generated',
        round: '0',
        handler: 'painter',
        draft: 0,
        review: false,
        products: [{ mediaType: 'text', artifact }],
      },
      delivered('0', 'https://files.example/0'),
      { type: 'revision_requested', revision: 1, feedback: 'Bluer.', isExtra: false },
    ]);
    const blob = await ctx.earlier[0]?.deliverables[0]?.read();
    expect(await blob?.text()).toBe('The first version.');
    expect(blob?.type).toBe('text/plain');
  });

  test("a dispute's reason", async () => {
    const { ctx } = await given({ status: 'disputed' }, [
      delivered('0', 'https://files.example/0'),
      { type: 'dispute_opened', reason: 'That is a dog.', bodyHash: 'h' },
    ]);
    expect(ctx).toMatchObject({ round: 0, feedback: 'That is a dog.', isDispute: true });
  });

  test('the message thread on request', async () => {
    let thread: unknown;
    market.answers['GET /api/agents/agt_1/services'] = { data: [] };
    await given({}, [], async (ctx) => {
      market.answers[`GET /api/orders/${ctx.order.id}/messages`] = {
        data: [
          { sender_type: 'client', sender_name: 'Ada', content: 'Hello?', created_at: '2026-11-23 11:00:00' },
        ],
      };
      thread = await ctx.thread();
    });
    expect(thread).toEqual([
      { fromBuyer: true, senderName: 'Ada', content: 'Hello?', createdAt: '2026-11-23 11:00:00' },
    ]);
  });

  test('a log whose lines carry the order and the handler', async () => {
    const { ref } = await given({}, [], ({ log }) => log.warn({ color: 'blue' }, 'out of blue'));
    expect(lines).toContainEqual(
      expect.objectContaining({
        msg: 'out of blue',
        color: 'blue',
        orderId: ref.orderId,
        handler: 'painter',
      }),
    );
  });

  test('a way to report progress', async () => {
    let text: unknown;
    const { ref } = await given({}, [], async ({ progress, order }) => {
      await progress('mixing colors');
      const [active] = await app.runtime.queues.get('generation').getJobs(['active']);
      text = active?.data.orderId === order.id ? active?.progress : undefined;
      await progress(80);
    });
    expect(text).toEqual({ text: 'mixing colors' });
    expect((await job(ref, GENERATE)).progress).toBe(80);
  });
});

test('progress is one short line, however long the report', async () => {
  const { ref } = await given({}, [], async ({ progress }) => {
    await progress(`${'👨‍👩‍👧‍👦'.repeat(20_000)}\n`);
  });
  const { progress } = await job(ref, GENERATE);
  const { text } = progress as { text: string };
  expect(text.length).toBeLessThanOrEqual(200);
  expect(text).toMatch(/^(👨‍👩‍👧‍👦)+…$/u);
});

test('a handler cannot change its order or any field of it', async () => {
  const { ctx } = await given({
    requirement_answers: '{"size":{"w":1}}',
    reference_urls: '["https://a.example/1"]',
  });
  const { order } = ctx;
  for (const part of [order, order.referenceUrls, order.requirementAnswers, order.requirementAnswers.size]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test('invalid progress fails neither the handler nor the process', async () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  await given({}, [], ({ progress }) => {
    void Reflect.apply(progress, undefined, [loop]);
  });
  await until('a line that says so', () => lines.find(({ msg }) => msg === 'progress not shown'));
});

describe('a URL that the handler returns again in a later round', () => {
  test('gets a fragment, so that its delivery differs from the earlier one', async () => {
    const revision = { status: 'revision_requested', revision_count: 1 };
    const { generated } = await given(revision, [
      delivered('0', DONE.url),
      { type: 'revision_requested', revision: 1, feedback: 'Bluer.', isExtra: false },
    ]);
    expect(generated.products).toEqual([{ ...DONE, url: `${DONE.url}#round-1` }]);
  });

  test('gets a fragment if the outcome of the earlier delivery is unknown', async () => {
    const revision = { status: 'revision_requested', revision_count: 1 };
    const { generated } = await given(revision, [
      { type: 'delivery_intended', round: '0', deliverables: [{ ...DONE }] },
      { type: 'revision_requested', revision: 1, feedback: 'Bluer.', isExtra: false },
    ]);
    expect(generated.products).toEqual([{ ...DONE, url: `${DONE.url}#round-1` }]);
  });

  test('gets a fragment if it is the URL of an artifact from an earlier round', async () => {
    await using served = await openGeneration({ publicUrl: 'https://orders.example.com' });
    let kept: SavedArtifact | undefined;
    const ref = await served.placeFor({
      name: 'keeper',
      generate: async ({ artifacts }) => {
        kept ??= await artifacts.save({ body: 'cat', contentType: 'text/plain' });
        return kept;
      },
    });
    const [first] = (await served.untilFact(ref, 'generated')).products;
    expect(first?.url).toMatch(/^https:\/\/orders\.example\.com\/artifacts\/ord_/);
    const { serviceId } = (await served.record(ref)).snapshot ?? {};
    served.show(ref, { service_id: serviceId, status: 'revision_requested', revision_count: 1 });
    await served.poke(ref, [
      delivered('0', first?.url ?? ''),
      { type: 'revision_requested', revision: 1, feedback: 'Bluer.', isExtra: false },
    ]);
    const second = await until('the next round', async () =>
      (await served.facts(ref, 'generated')).find(({ round }) => round === '1'),
    );
    expect(second.products[0]?.url).toBe(`${first?.url}#round-1`);
  });
});

test('the last lines that a handler logs are kept for the page of the order, without secrets', async () => {
  const { ref } = await given({}, [], ({ log }) => {
    log.info({ seed: 7 }, 'painting');
    log.warn({ key: 'atelier_0123456789abcdef01' }, 'the model is slow');
    for (let line = 0; line < 300; line += 1) log.info({}, `line ${line}`);
    log.error({ err: new TypeError('no answer') }, 'the model failed');
    log.error(new Error('the quota is used up'), 'it failed again');
  });
  const { handlerLines } = app.runtime;
  const kept = await until('the last line', async () => {
    const found = await handlerLines.list(ref);
    return found.at(-1)?.message === 'it failed again' ? found : null;
  });
  expect(kept.find(({ message }) => message === 'painting')).toMatchObject({
    level: 'info',
    handler: 'painter',
    round: '0',
    fields: '{"seed":7}',
  });
  expect(kept).toContainEqual(expect.objectContaining({ level: 'warn', message: 'the model is slow' }));
  expect(kept.slice(-4)).toMatchObject([
    { message: 'line 298' },
    { message: 'line 299' },
    { level: 'error', fields: expect.stringMatching(/"err":\{"type":"TypeError","message":"no answer"/) },
    { level: 'error', fields: expect.stringContaining('the quota is used up') },
  ]);
  expect(JSON.stringify(kept)).not.toContain('0123456789abcdef01');
});
