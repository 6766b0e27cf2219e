import path from 'node:path';
import { DBOSClient } from '@dbos-inc/dbos-sdk';
import { acquirePostgres, freePort } from '@fulfillment/devtools';
import { startPostgres } from '@fulfillment/ledger/test-support';
import { waitFor } from '@fulfillment/processes';
import { AGENTS } from '@fulfillment/tests/harness/agents';
import { openStage, type Stage } from '../stage.ts';
import { PEERS, type Program, type Work } from './program.ts';

/**
 * Postgres' `synchronous_commit`. With `on`, Postgres answers a commit once the disk has it. With
 * `off`, a crash of the machine loses the last moments.
 */
type SynchronousCommit = 'on' | 'off';

/** Starts the durable peer and its Postgres, which otherwise has its own defaults. */
export async function openDurable(work: Work, commit: SynchronousCommit): Promise<Program> {
  await using opened = new AsyncDisposableStack();
  process.env.POSTGRES_BIN = await acquirePostgres({ log: console.log });
  const postgres = opened.use(await startPostgres([`synchronous_commit=${commit}`]));
  const systemDatabaseUrl = await postgres.createDatabase();
  const stage = opened.use(await openStage());
  await startApp(stage, systemDatabaseUrl, work);
  const client = await DBOSClient.create({ systemDatabaseUrl });
  opened.defer(() => client.destroy());
  const kept = opened.move();
  return {
    stage,
    untilIdle: () => untilEnded(client),
    jobs: async () => (await client.listWorkflows({ loadInput: false, loadOutput: false })).length,
    databasePids: postgres.pid === undefined ? [] : [postgres.pid],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function startApp(stage: Stage, databaseUrl: string, { reads, threads }: Work): Promise<void> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const secret = await stage.sendWebhooksTo(`${url}/webhooks/atelier`);
  await stage.program(
    path.join(PEERS, 'durable/app.ts'),
    {
      DATABASE_URL: databaseUrl,
      MARKET_URL: stage.market.url,
      API_KEY: AGENTS[0].apiKey,
      WEBHOOK_SECRET: secret,
      FOLDER: 'durable-files',
      PORT: String(port),
      READS_BEFORE: String(Math.floor(reads / 2)),
      READS_AFTER: String(Math.ceil(reads / 2)),
      READS_OF_THREAD: String(threads),
    },
    `${url}/readyz`,
  );
}

/** Waits until no workflow waits or runs. */
async function untilEnded(client: DBOSClient): Promise<void> {
  await waitFor(
    'the workflows to end',
    async () => {
      const open = await client.listWorkflows({ status: ['ENQUEUED', 'PENDING'], limit: 1 });
      return open.length === 0 || null;
    },
    { timeoutMs: 300_000, intervalMs: 50 },
  );
}
