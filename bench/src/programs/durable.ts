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

/** The programs of each way to run the durable peer. The last one receives the webhooks. */
const PROGRAMS = {
  'one process': ['app'],
  'three processes': ['work', 'work', 'receive'],
} as const;

interface DurableOptions {
  commit: SynchronousCommit;
  layout: keyof typeof PROGRAMS;
}

/** Starts the durable peer and its Postgres, which otherwise has its own defaults. */
export async function openDurable(work: Work, { commit, layout }: DurableOptions): Promise<Program> {
  await using opened = new AsyncDisposableStack();
  process.env.POSTGRES_BIN = await acquirePostgres({ log: console.log });
  const postgres = opened.use(await startPostgres([`synchronous_commit=${commit}`]));
  const systemDatabaseUrl = await postgres.createDatabase();
  const stage = opened.use(await openStage());
  await startPrograms(stage, PROGRAMS[layout], settingsOf(stage, systemDatabaseUrl, work));
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

async function startPrograms(
  stage: Stage,
  names: readonly string[],
  settings: Record<string, string>,
): Promise<void> {
  const receiverPort = await freePort();
  const secret = await stage.sendWebhooksTo(`http://127.0.0.1:${receiverPort}/webhooks/atelier`);
  for (const [index, name] of names.entries()) {
    const port = index === names.length - 1 ? receiverPort : await freePort();
    await stage.program(
      path.join(PEERS, 'durable', `${name}.ts`),
      { ...settings, WEBHOOK_SECRET: secret, PORT: String(port) },
      `http://127.0.0.1:${port}/readyz`,
    );
  }
}

function settingsOf(
  { market }: Stage,
  databaseUrl: string,
  { reads, threads }: Work,
): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    MARKET_URL: market.url,
    API_KEY: AGENTS[0].apiKey,
    FOLDER: 'durable-files',
    READS_BEFORE: String(Math.floor(reads / 2)),
    READS_AFTER: String(Math.ceil(reads / 2)),
    READS_OF_THREAD: String(threads),
  };
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
