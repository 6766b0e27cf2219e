import { type Kysely, sql } from 'kysely';

const WASTES = ['failed', 'regenerated', 'declined', 'cancelled'];
const TIMES = { paid: 'paid_at', completed: 'completed_at', paid_out: 'paid_out_at' };
const KEYS = ['basis', 'day', 'agent_id', 'service_id', 'service', 'handler', 'money_state'];
const SUMS = `price_micros fee_micros net_micros known_cost_micros margin_micros margin_net_micros
  unknown_costs waste_failed_micros waste_regenerated_micros waste_declined_micros
  waste_cancelled_micros`.split(/\s+/);

/**
 * Adds sums of days, the waste by its reason, and since when an attention is open. The projector
 * then reads every record again.
 */
export async function addSumsOfDays(db: Kysely<unknown>): Promise<void> {
  await sql`alter table attention add column opened_at bigint`.execute(db);
  await splitWaste(db);
  await createIndexes(db);
  await createDays(db);
  for (const [basis, time] of Object.entries(TIMES)) await fillDays(db, basis, sql.ref(time));
  await sql`update ledger_state set seeded_at = null`.execute(db);
}

async function splitWaste(db: Kysely<unknown>): Promise<void> {
  for (const waste of WASTES) {
    const column = sql.ref(`waste_${waste}_micros`);
    await sql`alter table orders add column ${column} bigint not null default 0`.execute(db);
    await sql`update orders set ${column} = coalesce(
      (select sum(cost_micros) from costs where order_key = orders.key and waste = ${waste}), 0)
      where waste_micros > 0`.execute(db);
  }
  await sql`drop index orders_by_paid`.execute(db);
  await sql`alter table orders drop column waste_micros`.execute(db);
}

/**
 * Lists that are sorted by a column read its index alone until they have a page, also if they show
 * the orders of one handler or agent.
 */
const SORTED = [
  'due_at',
  'paid_at',
  'price_micros',
  'cost_micros',
  'margin_micros',
  'updated_at',
  'created_at',
];

async function createIndexes(db: Kysely<unknown>): Promise<void> {
  for (const name of ['due', 'price', 'cost', 'margin', 'updated', 'created'])
    await sql`drop index ${sql.id(`orders_by_${name}`)}`.execute(db);
  for (const column of SORTED) {
    const index = sql.id(`orders_by_${column.replace(/_(at|micros)$/, '')}`);
    await sql`create index ${index} on orders (${sql.ref(column)}, key, handler, agent_id)`.execute(db);
  }
  await sql`create index orders_by_completed on orders (completed_at, key)`.execute(db);
  await sql`create index orders_by_paid_out on orders (paid_out_at, key)`.execute(db);
  // A search for a part of a name reads this index alone.
  await sql`create index orders_names on orders (buyer, buyer_id, service, service_id, order_id, key)`.execute(
    db,
  );
  // Sums by buyer read this index alone, in its order.
  await sql`create index orders_booked on orders (buyer_id, paid_at, completed_at, paid_out_at,
    price_micros)`.execute(db);
  await sql`create index orders_unknown_cost on orders (updated_at, key) where cost_micros is null`.execute(
    db,
  );
  await sql`drop index payouts_sums`.execute(db);
  await sql`create index payouts_sums on payouts (outcome, at, amount_micros, net_micros)`.execute(db);
}

async function createDays(db: Kysely<unknown>): Promise<void> {
  let table = db.schema.createTable('money_days');
  for (const name of KEYS.filter((key) => key !== 'day'))
    table = table.addColumn(name, 'text', (column) => column.notNull());
  for (const name of ['day', 'orders', ...SUMS])
    table = table.addColumn(name, 'bigint', (column) => column.notNull());
  await table.execute();
  await sql`create unique index money_days_key on money_days (${sql.raw(KEYS.join(', '))})`.execute(db);
  await sql`create index money_days_empty on money_days (day) where orders = 0`.execute(db);
}

/** Also sums up the orders whose records are forgotten. */
async function fillDays(db: Kysely<unknown>, basis: string, time: ReturnType<typeof sql.ref>): Promise<void> {
  await sql`insert into money_days (${sql.raw([...KEYS, 'orders', ...SUMS].join(', '))})
    select ${sql.lit(basis)}, ${time} / 86400000, agent_id, coalesce(service_id, ''),
      case when service_id is null then '' else coalesce(service, '') end, coalesce(handler, ''),
      money_state, count(*),
      coalesce(sum(price_micros), 0), coalesce(sum(fee_micros), 0), coalesce(sum(net_micros), 0),
      sum(known_cost_micros), coalesce(sum(margin_micros), 0),
      coalesce(sum(case when margin_micros is null then 0 else net_micros end), 0),
      sum(case when cost_micros is null then 1 else 0 end),
      sum(waste_failed_micros), sum(waste_regenerated_micros), sum(waste_declined_micros),
      sum(waste_cancelled_micros)
    from orders where ${time} is not null group by 2, 3, 4, 5, 6, 7`.execute(db);
}
