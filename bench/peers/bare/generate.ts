/** The pipeline's second step: a file for each order. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Queue, Worker } from 'bullmq';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { setting } from '../environment.ts';

const connection = new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null });
const delivery = new Queue('bare-delivery', { connection });
const options = { removeOnComplete: 1000 };

new Worker<{ orderId: string }>(
  'bare-generation',
  async ({ data: { orderId } }) => {
    const folder = path.join(setting('FOLDER'), orderId);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'result.txt'), `For ${orderId}`, { flush: true });
    await delivery.add('deliver', { orderId }, { ...options, jobId: `deliver.${orderId}` });
  },
  { connection, concurrency: 4 },
);

const server = Fastify();
server.get('/readyz', async () => ({ status: 'ready' }));
await server.listen({ port: Number(setting('PORT')), host: '127.0.0.1' });
