import { type CreateTableBuilder, type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

const ORDER_INDEXES: Record<string, string> = {
  created: 'created_at, key',
  updated: 'updated_at, key',
  due: 'due_at, key',
  // Sums read this index alone, and not the much longer rows.
  paid: `paid_at, key, completed_at, paid_out_at, money_state, agent_id, service_id, service, handler,
    buyer_id, buyer, price_micros, fee_micros, net_micros, known_cost_micros, cost_micros, waste_micros,
    margin_micros`,
  price: 'price_micros, key',
  cost: 'cost_micros, key',
  margin: 'margin_micros, key',
  stage: 'stage, updated_at',
  handler: 'handler, updated_at',
  agent: 'agent_id, updated_at',
  order_id: 'order_id',
  buyer_id: 'buyer_id, updated_at',
};

/** Only a few orders are open, unread or in attention at a time. */
const PARTIAL_INDEXES: Record<string, [columns: string, where: string]> = {
  open_due: ['due_at, key', 'is_open = 1'],
  waiting: ['due_at, key', 'attention_count > 0'],
  unread: ['updated_at, key', 'unread_count > 0'],
};

/** Creates the tables of the ledger. */
export function createTables(dialect: Dialect) {
  return async (db: Kysely<unknown>): Promise<void> => {
    await createOrders(db, dialect);
    await factTable(db, 'costs', (table) =>
      table
        .addColumn('handler', 'text')
        .addColumn('step', 'text', (column) => column.notNull())
        .addColumn('round', 'text', (column) => column.notNull())
        .addColumn('model', 'text', (column) => column.notNull())
        .addColumn('input_tokens', 'bigint')
        .addColumn('cached_input_tokens', 'bigint')
        .addColumn('output_tokens', 'bigint')
        .addColumn('images', 'bigint')
        .addColumn('cost_micros', 'bigint')
        .addColumn('waste', 'text'),
    );
    await factTable(db, 'payouts', (table) =>
      table
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('amount_micros', 'bigint')
        .addColumn('net_micros', 'bigint')
        .addColumn('chain', 'text')
        .addColumn('tx_hash', 'text')
        .addColumn('reason', 'text'),
    );
    await factTable(db, 'deliverables', (table) =>
      table
        .addColumn('round', 'text', (column) => column.notNull())
        .addColumn('position', 'integer', (column) => column.notNull())
        .addColumn('url', 'text', (column) => column.notNull())
        .addColumn('media_type', 'text', (column) => column.notNull()),
    );
    await factTable(db, 'messages', (table) =>
      table
        .addColumn('sender', 'text', (column) => column.notNull())
        .addColumn('sender_name', 'text')
        .addColumn('kind', 'text')
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull()),
    );
    await factTable(db, 'operator_actions', (table) =>
      table
        .addColumn('operator', 'text', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('note', 'text'),
    );
    await sql`create index payouts_sums on payouts (at, outcome, amount_micros, net_micros)`.execute(db);
    await createAttention(db);
    await createState(db);
  };
}

async function createOrders(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  let table = db.schema.createTable('orders').addColumn('key', 'text', (column) => column.primaryKey());
  const texts = ['agent_id', 'order_id', 'excerpt', 'status', 'stage', 'money_state'];
  for (const name of texts) table = table.addColumn(name, 'text', (column) => column.notNull());
  const optionalTexts =
    'service_id service category buyer buyer_id bounty_id handler round dispute_reason review_comment';
  for (const name of optionalTexts.split(' ')) table = table.addColumn(name, 'text');
  const numbers =
    'is_open is_urgent known_cost_micros waste_micros updated_at attention_count unread_count tries run_ms revisions';
  for (const name of numbers.split(' '))
    table = table.addColumn(name, 'bigint', (column) => column.notNull());
  const optionalNumbers =
    'price_micros fee_micros net_micros cost_micros margin_micros created_at quoted_at paid_at generated_at delivered_at revised_at disputed_at completed_at cancelled_at paid_out_at due_at review_deadline_at max_revisions';
  for (const name of optionalNumbers.split(' ')) table = table.addColumn(name, 'bigint');
  await table.addColumn('rating', 'double precision').execute();
  for (const [name, columns] of Object.entries(ORDER_INDEXES))
    await sql`create index ${sql.id(`orders_by_${name}`)} on orders (${sql.raw(columns)})`.execute(db);
  for (const [name, [columns, where]] of Object.entries(PARTIAL_INDEXES)) {
    const index = sql.id(`orders_${name}`);
    await sql`create index ${index} on orders (${sql.raw(columns)}) where ${sql.raw(where)}`.execute(db);
  }
  await db.schema
    .createTable('order_texts')
    .addColumn('id', dialect === 'postgres' ? 'bigserial' : 'integer', (column) => column.primaryKey())
    .addColumn('order_key', 'text', (column) => column.notNull().unique())
    .addColumn('brief', 'text', (column) => column.notNull())
    .addColumn('brief_english', 'text')
    .addColumn('search', 'text', (column) => column.notNull())
    .execute();
}

type FactColumns = 'order_key' | 'fact_key' | 'at';

async function factTable(
  db: Kysely<unknown>,
  name: string,
  columns: (
    table: CreateTableBuilder<string, FactColumns>,
  ) => Pick<CreateTableBuilder<string, string>, 'execute'>,
): Promise<void> {
  const table = db.schema
    .createTable(name)
    .addColumn('order_key', 'text', (column) => column.notNull())
    .addColumn('fact_key', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${name}_key`, ['order_key', 'fact_key']);
  await columns(table).execute();
  await db.schema.createIndex(`${name}_by_time`).on(name).columns(['at', 'order_key']).execute();
}

async function createAttention(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('attention')
    .addColumn('order_key', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('cause', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('actions', 'text', (column) => column.notNull())
    .addColumn('round', 'text')
    .addColumn('step_key', 'text')
    .addColumn('is_urgent', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('attention_key', ['order_key', 'key'])
    .execute();
  await db.schema.createIndex('attention_by_title').on('attention').columns(['title', 'detail']).execute();
}

async function createState(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('ledger_state')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('epoch', 'bigint', (column) => column.notNull())
    .addColumn('seeded_at', 'bigint')
    .execute();
  await sql`insert into ledger_state (id, epoch) values (1, 0)`.execute(db);
}
