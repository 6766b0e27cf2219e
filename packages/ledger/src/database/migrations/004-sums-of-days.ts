import { type Kysely, sql } from 'kysely';

const WASTES = ['failed', 'regenerated', 'declined', 'cancelled'];
const KEYS = ['basis', 'day', 'agent_id', 'service_id', 'service', 'handler', 'money_state'];
const SUMS = `price_micros fee_micros net_micros known_cost_micros margin_micros margin_net_micros
  unknown_costs waste_failed_micros waste_regenerated_micros waste_declined_micros
  waste_cancelled_micros`.split(/\s+/);

/**
 * Adds sums of days, the waste by its reason, and since when an attention is open. The projector
 * then sums up the orders, and reads every record again.
 */
export async function addSumsOfDays(db: Kysely<unknown>): Promise<void> {
  await sql`alter table attention add column opened_at bigint`.execute(db);
  await cutNames(db);
  await splitWaste(db);
  await createIndexes(db);
  await createDays(db);
  await sql`update ledger_state set seeded_at = null`.execute(db);
}

/** Earlier versions stored names of any length, and the indexes take only so many bytes. */
async function cutNames(db: Kysely<unknown>): Promise<void> {
  for (const name of ['service_id', 'service', 'category', 'buyer', 'buyer_id', 'handler']) {
    const column = sql.ref(name);
    await sql`update orders set ${column} = substr(${column}, 1, 120) where length(${column}) > 120`.execute(
      db,
    );
  }
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
