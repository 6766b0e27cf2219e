/**
 * A bare route for webhooks: the HMAC, one `queue.add`, 202. With WORKS set, the process also runs
 * the pipeline's first step.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { setting } from './environment.ts';
import { readOrder } from './market.ts';

const connection = new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null });
const orders = new Queue('bare-orders', { connection });
const generation = new Queue('bare-generation', { connection });
const options = { removeOnComplete: 200 };

const server = Fastify({ bodyLimit: 256 * 1024 });
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
server.get('/readyz', async () => ({ status: 'ready' }));
server.post('/webhooks/atelier', async (request, reply) => {
  const body = request.body as Buffer;
  const [, at = '', given = ''] =
    /^t=(\d+),v1=(\w+)$/.exec(String(request.headers['x-atelier-signature'])) ?? [];
  const expected = createHmac('sha256', setting('WEBHOOK_SECRET'))
    .update(`${at}.`)
    .update(body)
    .digest('hex');
  if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected))) {
    return reply.code(401).send();
  }
  const { event, order_id: orderId } = JSON.parse(body.toString());
  await orders.add('order', { event, orderId }, options);
  return reply.code(202).send({ status: 'accepted' });
});
await server.listen({ port: Number(setting('PORT')), host: '127.0.0.1' });

new Worker<{ event: string; orderId: string }>(
  'bare-orders',
  async ({ data: { event, orderId } }) => {
    if (event !== 'order.paid') return;
    for (let job = 0; job < Number(setting('RECONCILES')); job += 1) {
      await orders.add('reconcile', { event: 'reconcile', orderId }, options);
    }
    await readOrder(orderId, setting('READS_BEFORE'));
    await generation.add('generate', { orderId }, { ...options, jobId: `generate.${orderId}` });
  },
  { connection, concurrency: 20, autorun: process.env.WORKS !== undefined },
);
