/**
 * A bare route for webhooks that adds one job. With WORKS set, the process also runs the pipeline's
 * first step.
 */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { setting } from '../environment.ts';
import { readOrder } from '../market.ts';
import { receiveWebhooks } from '../receive-webhooks.ts';

const connection = new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null });
const orders = new Queue('bare-orders', { connection });
const generation = new Queue('bare-generation', { connection });
const options = { removeOnComplete: 200 };

await receiveWebhooks((event, orderId) => orders.add('order', { event, orderId }, options));

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
