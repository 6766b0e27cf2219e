import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { openTestLedger } from '../test-support/open-test-ledger.ts';
import { startPostgres } from '../test-support/start-postgres.ts';

const postgres = await startPostgres();
afterAll(() => postgres[Symbol.asyncDispose]());

test('a connection that breaks between two statements fails its transaction, and not the process', async () => {
  await using opened = await openTestLedger(postgres);
  const { writer } = opened.ledger.connections;
  const isConnected = async (pid: number) =>
    (await sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(writer)).rows.length > 0;
  const broken = writer.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
    const pid = rows[0]?.pid ?? 0;
    await sql`select pg_terminate_backend(${pid})`.execute(writer);
    await expect.poll(() => isConnected(pid)).toBe(false);
    await sql`select 1`.execute(transaction);
  });
  await expect(broken).rejects.toThrow();
  expect((await sql`select 1 as one`.execute(writer)).rows).toEqual([{ one: 1 }]);
});
