import { defineHandler } from '@fulfillment/handlers';
import { serviceRow } from '@fulfillment/platform/test-support';
import { afterAll, expect, test } from 'vitest';
import { openGeneration } from './test-support/generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { runtime, market, handlers, place, show, poke, untilFact, facts, attention, record } = app;
afterAll(() => app[Symbol.asyncDispose]());

const DONE = { url: 'https://files.example/cat.png', mediaType: 'image' } as const;
let failsOnce = false;
handlers.push(
  defineHandler({
    name: 'painter',
    match: { category: 'image_gen' },
    attempts: 1,
    generate: () => {
      if (!failsOnce) return DONE;
      failsOnce = false;
      throw new Error('no ink');
    },
  }),
  defineHandler({ name: 'poet', match: 'default', generate: () => DONE }),
);

test("an order goes to the handler of its service's category", async () => {
  market.answers['GET /api/services/srv_picture'] = { data: serviceRow('srv_picture') };
  market.answers['GET /api/services/srv_poem'] = { data: serviceRow('srv_poem', { category: 'custom' }) };
  const picture = await place('srv_picture');
  expect(await untilFact(picture, 'generated')).toMatchObject({ handler: 'painter' });
  const poem = await place('srv_poem');
  expect(await untilFact(poem, 'generated')).toMatchObject({ handler: 'poet' });
});

test('an order of an unreadable service goes to no handler, not even the default', async () => {
  market.answers['GET /api/services/srv_gone'] = { status: 404, text: 'Service not found' };
  const ref = await place('srv_gone');
  expect(await facts(ref, 'service_unread')).toMatchObject([{ cause: 'not_listed' }]);
  expect(await facts(ref, 'began')).toEqual([]);
  await poke(ref, [
    { type: 'operator_released', round: '0', attentionKey: 'service_unknown', by: 'operator' },
  ]);
  expect(await untilFact(ref, 'generated')).toMatchObject({ handler: 'poet' });
});

test('an order of a bounty has no service, and goes to the default handler', async () => {
  const ref = await place('', { service_id: null, service_title: null, bounty_id: 'bty_1' });
  expect(await untilFact(ref, 'generated')).toMatchObject({ handler: 'poet' });
});

test('an order whose service, title and category vanish keeps its first handler', async () => {
  failsOnce = true;
  const ref = await place('srv_picture');
  expect(await attention(ref)).toContain('no ink');
  // The record lost the title, the service and the category of the order.
  await runtime.redis.hdel(runtime.keys.record(ref), 'service', 'snapshot');
  show(ref, { service_id: null, service_title: null });
  await poke(ref, [{ type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'operator' }]);
  expect(await untilFact(ref, 'generated')).toMatchObject({ handler: 'painter' });
  expect((await record(ref)).snapshot).toMatchObject({ serviceId: null, serviceTitle: null });
});
