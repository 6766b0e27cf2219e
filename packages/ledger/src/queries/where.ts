import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Dialect } from '../database/dialect.ts';
import type { LedgerTables } from '../database/schema.ts';
import type {
  AmountField,
  Condition,
  Filter,
  NumberField,
  State,
  TextField,
  TimeField,
} from '../search/filter.ts';
import { containsWord, isIndexed, likePattern } from './search-words.ts';

type Builder = ExpressionBuilder<LedgerTables, 'orders'>;
type Expressed = Expression<SqlBool>;

/** What a filter depends on apart from its text. */
export interface FilterContext {
  dialect: Dialect;
  /** In ms since the epoch. */
  now: number;
  /** The conditions whose words many orders contain. */
  frequentWords: ReadonlySet<Condition>;
  /** All values of the columns that have few. */
  values: Record<'agent' | 'handler', readonly string[]>;
  /**
   * Whether the database may find the orders by a condition's index. False: it reads the list in
   * its order, and checks each order.
   */
  usesIndexes: boolean;
}

/** The condition of a filter in SQL. */
export function whereFilter(eb: Builder, filter: Filter, context: FilterContext): Expressed {
  return eb.and(
    filter.map((condition) => {
      const expressed = express(eb, condition, context);
      // A negated comparison includes the orders whose value is unknown.
      if (condition.isNegated) return sql<SqlBool>`(${expressed}) is not true`;
      const isPlanned = context.usesIndexes || context.dialect === 'postgres' || isNarrow(condition, context);
      // SQLite finds nothing by an expression with a sign.
      return isPlanned ? expressed : sql<SqlBool>`+(${expressed})`;
    }),
  );
}

/** Whether a condition finds its few orders by the index of words. */
function isNarrow(condition: Condition, { frequentWords }: FilterContext): boolean {
  return (
    isWordSearch(condition) &&
    !condition.isNegated &&
    isIndexed(condition.text) &&
    !frequentWords.has(condition)
  );
}

function express(eb: Builder, condition: Condition, context: FilterContext): Expressed {
  switch (condition.kind) {
    case 'word':
      return containsWord(eb, condition.text, {
        dialect: context.dialect,
        isFrequent: condition.isNegated || context.frequentWords.has(condition),
      });
    case 'text':
      return textExpression(eb, condition, context);
    case 'stage':
      return eb('stage', '=', condition.stage);
    case 'state':
      return STATE_EXPRESSIONS[condition.state](eb, context.now);
    case 'amount':
      return eb(AMOUNT_COLUMNS[condition.field], condition.comparison, condition.micros);
    case 'number':
      return eb(NUMBER_COLUMNS[condition.field], condition.comparison, condition.value);
    case 'span':
      return spanExpression(eb, condition, context.now);
    case 'period':
      return periodExpression(eb, condition);
  }
}

const TEXT_COLUMNS = {
  service: ['service', 'service_id'],
  buyer: ['buyer', 'buyer_id'],
  order: ['order_id'],
} as const satisfies Partial<Record<TextField, readonly (keyof LedgerTables['orders'])[]>>;

/** The fields whose texts are also in the index of words. The index then narrows the search. */
const INDEXED_FIELDS: readonly TextField[] = ['service', 'buyer', 'order'];

/** Whether the index of words helps to find what a condition asks for. */
export function isWordSearch(condition: Condition): condition is Condition & { text: string } {
  return condition.kind === 'word' || (condition.kind === 'text' && INDEXED_FIELDS.includes(condition.field));
}

function textExpression(
  eb: Builder,
  condition: Extract<Condition, { kind: 'text' }>,
  context: FilterContext,
): Expressed {
  const { field, text, isExact } = condition;
  if (field === 'agent' || field === 'handler') {
    const wanted = text.toLowerCase();
    const found = context.values[field].filter((value) =>
      isExact ? value === text : value.toLowerCase().includes(wanted),
    );
    const column = field === 'agent' ? 'agent_id' : 'handler';
    return found.length === 0 ? sql<SqlBool>`1 = 0` : eb(column, 'in', found);
  }
  const pattern = likePattern(text.toLowerCase());
  if (field === 'attention') {
    const matching = eb
      .selectFrom('attention')
      .select('order_key')
      .where((of) =>
        of.or(
          (['kind', 'cause', 'title', 'detail'] as const).map((name) =>
            isExact
              ? sql<SqlBool>`${sql.ref(name)} = ${text}`
              : sql<SqlBool>`lower(${sql.ref(name)}) like ${pattern} escape '\\'`,
          ),
        ),
      );
    return eb('orders.key', 'in', matching);
  }
  const matches = eb.or(
    TEXT_COLUMNS[field].map((name) => {
      const column = sql.ref(`orders.${name}`);
      if (isExact) return sql<SqlBool>`${column} = ${text}`;
      const value = isCaseKnown(text, context) ? column : sql`lower(${column})`;
      return sql<SqlBool>`${value} like ${pattern} escape '\\'`;
    }),
  );
  if (isNarrow(condition, context))
    return eb.and([containsWord(eb, text, { dialect: context.dialect, isFrequent: false }), matches]);
  if (context.usesIndexes) return matches;
  // The inner search reads only the index of names, and not the much longer rows.
  const named = eb.selectFrom('orders').select('orders.key').where(matches);
  return eb('orders.key', 'in', named);
}

/**
 * Whether LIKE itself ignores the case of a text. In SQLite it does for the letters of ASCII, and a
 * call of `lower` for each order would take most of the search's time.
 */
function isCaseKnown(text: string, { dialect }: FilterContext): boolean {
  return dialect === 'sqlite' && /^[\x20-\x7e]*$/.test(text);
}

const AMOUNT_COLUMNS = {
  price: 'price_micros',
  net: 'net_micros',
  cost: 'cost_micros',
  margin: 'margin_micros',
} as const satisfies Record<AmountField, string>;

const NUMBER_COLUMNS = {
  rating: 'rating',
  revisions: 'revisions',
  tries: 'tries',
} as const satisfies Record<NumberField, string>;

const TIME_COLUMNS = {
  due: 'due_at',
  created: 'created_at',
  paid: 'paid_at',
  delivered: 'delivered_at',
  completed: 'completed_at',
  payout: 'paid_out_at',
  updated: 'updated_at',
} as const satisfies Record<TimeField, string>;

const STATE_EXPRESSIONS: Record<State, (eb: Builder, now: number) => Expressed> = {
  open: (eb) => eb('is_open', '=', 1),
  finished: (eb) => eb('is_open', '=', 0),
  late: (eb, now) => eb.and([eb('is_open', '=', 1), eb('due_at', '<', now)]),
  unread: (eb) => eb('unread_count', '>', 0),
  waiting: (eb) => eb('attention_count', '>', 0),
  urgent: (eb) => eb.and([eb('attention_count', '>', 0), eb('is_urgent', '=', 1)]),
  'paid-out': (eb) => eb('money_state', '=', 'paid_out'),
  'payout-failed': (eb) => eb('money_state', '=', 'payout_failed'),
  disputed: (eb) => eb('money_state', '=', 'disputed'),
  refunded: (eb) => eb('money_state', '=', 'refunded'),
  'in-review': (eb) => eb('money_state', '=', 'in_review'),
  'cost-unknown': (eb) => eb('cost_micros', 'is', null),
};

/** `due:<4h`: due within 4 h, or late. `paid:<7d`: paid within the last 7 days. */
function spanExpression(
  eb: Builder,
  { field, comparison, ms }: Extract<Condition, { kind: 'span' }>,
  now: number,
): Expressed {
  const column = TIME_COLUMNS[field];
  if (field === 'due') return eb(column, comparison, now + ms);
  const mirrored = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
  return eb(column, mirrored[comparison], now - ms);
}

function periodExpression(
  eb: Builder,
  { field, comparison, from, to }: Extract<Condition, { kind: 'period' }>,
): Expressed {
  const column = TIME_COLUMNS[field];
  switch (comparison) {
    case '<':
      return eb(column, '<', from);
    case '<=':
      return eb(column, '<', to);
    case '>':
      return eb(column, '>=', to);
    case '>=':
      return eb(column, '>=', from);
    case '=':
      return eb.and([eb(column, '>=', from), eb(column, '<', to)]);
  }
}
