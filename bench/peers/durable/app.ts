/**
 * The durable peer in one process: a route for webhooks that starts the workflow of each paid
 * order, as the guide of DBOS shows it.
 */
import { DBOS } from '@dbos-inc/dbos-sdk';
import { setting } from '../environment.ts';
import { receiveWebhooks } from '../receive-webhooks.ts';
import { fulfil } from './fulfil.ts';

DBOS.setConfig({ name: 'durable-peer', systemDatabaseUrl: setting('DATABASE_URL') });
await DBOS.launch();

await receiveWebhooks(async (event, orderId) => {
  if (event !== 'order.paid') return;
  // The id is that of the order, so that a repeated webhook starts no second workflow.
  await DBOS.startWorkflow(fulfil, { workflowID: orderId })(orderId);
});
