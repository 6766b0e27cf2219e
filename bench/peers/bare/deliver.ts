/** The pipeline's last steps: deliver, then send the message to the buyer. */
import { Queue, Worker } from 'bullmq';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { setting } from '../environment.ts';
import { call, readOrder, readThread } from '../market.ts';

const connection = new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null });
const messages = new Queue('bare-messages', { connection });
const options = { removeOnComplete: 1000 };

new Worker<{ orderId: string }>(
  'bare-delivery',
  async ({ data: { orderId } }) => {
    await readOrder(orderId, setting('READS_AFTER'));
    await call('POST', `/api/orders/${orderId}/deliver`, {
      deliverable_url: `https://files.example/${orderId}/result.txt`,
      deliverable_media_type: 'text',
    });
    await messages.add('send', { orderId }, { ...options, jobId: `send.${orderId}` });
  },
  { connection, concurrency: 4 },
);
new Worker<{ orderId: string }>(
  'bare-messages',
  async ({ data: { orderId } }) => {
    await readThread(orderId, setting('READS_OF_THREAD'));
    await call('POST', `/api/orders/${orderId}/messages`, { content: 'Your order is delivered.' });
  },
  { connection, concurrency: 4 },
);

const server = Fastify();
server.get('/readyz', async () => ({ status: 'ready' }));
await server.listen({ port: Number(setting('PORT')), host: '127.0.0.1' });
