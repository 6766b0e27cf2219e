/** An order as a workflow of DBOS Transact. Postgres has the result of each step. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { setting } from '../environment.ts';
import { call, readOrder, readThread } from '../market.ts';

const MESSAGE = 'Your order is delivered.';
const RETRIES = { retriesAllowed: true, maxAttempts: 10 };

export const fulfil = DBOS.registerWorkflow(fulfilOrder, { name: 'fulfil' });

async function fulfilOrder(orderId: string): Promise<void> {
  const step = (name: string, run: (orderId: string) => Promise<void>) =>
    DBOS.runStep(() => run(orderId), { name, ...RETRIES });
  await step('check', check);
  await step('generate', generate);
  await step('deliver', deliver);
  await step('send', send);
}

async function check(orderId: string): Promise<void> {
  await readOrder(orderId, setting('READS_BEFORE'));
}

async function generate(orderId: string): Promise<void> {
  const folder = path.join(setting('FOLDER'), orderId);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'result.txt'), `For ${orderId}`, { flush: true });
}

/** A step that a crash interrupted runs again. The marketplace knows whether it took effect. */
async function deliver(orderId: string): Promise<void> {
  const order = await readOrder(orderId, setting('READS_AFTER'));
  if (JSON.stringify(order)?.includes('"status":"delivered"')) return;
  await call('POST', `/api/orders/${orderId}/deliver`, {
    deliverable_url: `https://files.example/${orderId}/result.txt`,
    deliverable_media_type: 'text',
  });
}

async function send(orderId: string): Promise<void> {
  const thread = await readThread(orderId, setting('READS_OF_THREAD'));
  if (JSON.stringify(thread)?.includes(MESSAGE)) return;
  await call('POST', `/api/orders/${orderId}/messages`, { content: MESSAGE });
}
