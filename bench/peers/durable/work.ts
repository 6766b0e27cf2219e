/** A worker of the durable peer, which takes workflows from the queue. */
import { DBOS } from '@dbos-inc/dbos-sdk';
import Fastify from 'fastify';
import { setting } from '../environment.ts';
import './fulfil.ts';

DBOS.setConfig({
  name: 'durable-peer',
  systemDatabaseUrl: setting('DATABASE_URL'),
  executorID: `worker-${process.pid}`,
});
await DBOS.launch();
// DBOS asks for new workflows once a second unless a queue says otherwise.
await DBOS.registerQueue('orders', { workerConcurrency: 20, minPollingIntervalMs: 100 });

const server = Fastify();
server.get('/readyz', async () => ({ status: 'ready' }));
await server.listen({ port: Number(setting('PORT')), host: '127.0.0.1' });
