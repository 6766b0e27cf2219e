import { type Kysely, sql } from 'kysely';

const SUMS = ['payouts', 'amount_micros', 'net_micros', 'expected_micros', 'compared', 'difference_micros'];

/** Adds the sums of the payouts of each day, so that a page need not read every payout. */
export async function addPayoutDays(db: Kysely<unknown>): Promise<void> {
  let table = db.schema
    .createTable('payout_days')
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('day', 'bigint', (column) => column.notNull());
  for (const name of SUMS) table = table.addColumn(name, 'bigint', (column) => column.notNull());
  await table.addPrimaryKeyConstraint('payout_days_key', ['outcome', 'day']).execute();
  await sql`insert into payout_days (outcome, day, ${sql.join(SUMS.map((name) => sql.ref(name)))})
    select outcome, at / 86400000, count(*), coalesce(sum(amount_micros), 0), coalesce(sum(net_micros), 0),
      coalesce(sum(case when amount_micros is not null then net_micros end), 0),
      count(amount_micros - net_micros), coalesce(sum(amount_micros - net_micros), 0)
    from payouts group by 1, 2`.execute(db);
  await sql`drop index payouts_sums`.execute(db);
}
