/** The durable peer's route for webhooks, in front of its workers. */
import { DBOSClient } from '@dbos-inc/dbos-sdk';
import { setting } from '../environment.ts';
import { receiveWebhooks } from '../receive-webhooks.ts';

const client = await DBOSClient.create({ systemDatabaseUrl: setting('DATABASE_URL') });

await receiveWebhooks(async (event, orderId) => {
  if (event !== 'order.paid') return;
  // The id is that of the order, so that a repeated webhook adds no second workflow.
  await client.enqueue({ workflowName: 'fulfil', queueName: 'orders', workflowID: orderId }, orderId);
});
