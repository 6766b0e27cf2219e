import type { AttentionCause, AttentionKind, OrderStage } from '@fulfillment/shared';
import type { Generated, Kysely, Selectable } from 'kysely';
import type { MoneyDaysTable, MoneyState, PayoutDaysTable, Waste, WasteColumns } from './money-schema.ts';

/**
 * The tables of the ledger. Amounts are whole micro-dollars, times are ms since the epoch, and null
 * means unknown or not yet. A flag is 0 or 1, because SQLite has no booleans.
 */
export interface LedgerTables {
  orders: OrdersTable;
  order_texts: OrderTextsTable;
  attention: AttentionTable;
  costs: CostsTable;
  payouts: PayoutsTable;
  deliverables: DeliverablesTable;
  messages: MessagesTable;
  operator_actions: OperatorActionsTable;
  money_days: MoneyDaysTable;
  payout_days: PayoutDaysTable;
  ledger_state: LedgerStateTable;
}

export type LedgerDatabase = Kysely<LedgerTables>;

type Flag = 0 | 1;

/** One order: the columns that lists, filters and sums need. */
export interface OrdersTable extends WasteColumns {
  /** `<agent id>/<order id>`. */
  key: string;
  agent_id: string;
  order_id: string;
  service_id: string | null;
  /** The title of the service, or the first words of the brief. Untrusted text. */
  service: string | null;
  category: string | null;
  /** The buyer's label. Untrusted text. */
  buyer: string | null;
  /** Identifies the buyer across orders: the wallet, the agent or the name. */
  buyer_id: string | null;
  bounty_id: string | null;
  /** The handler that last priced or generated. */
  handler: string | null;
  /** The beginning of the brief, on one line. Untrusted text. */
  excerpt: string;

  /** In the marketplace's words. */
  status: string;
  stage: OrderStage;
  round: string | null;
  is_open: Flag;
  money_state: MoneyState;

  price_micros: number | null;
  fee_micros: number | null;
  net_micros: number | null;
  /** Null while the cost of any handler call is unknown. */
  cost_micros: number | null;
  /** The sum of the reported costs. */
  known_cost_micros: number;
  /**
   * The earned part of the net, less the cost. Null during a dispute, and while the net or the
   * cost is unknown.
   */
  margin_micros: number | null;

  created_at: number | null;
  quoted_at: number | null;
  paid_at: number | null;
  generated_at: number | null;
  delivered_at: number | null;
  revised_at: number | null;
  disputed_at: number | null;
  completed_at: number | null;
  cancelled_at: number | null;
  paid_out_at: number | null;
  /** When something last happened to the order. */
  updated_at: number;
  due_at: number | null;
  review_deadline_at: number | null;

  attention_count: number;
  /** Whether an attention is near or past the due time. */
  is_urgent: Flag;
  unread_count: number;
  /** Calls of handlers, without those that ended in a wait for a service or in a worker's stop. */
  tries: number;
  /** How long the tries ran that gave a result, in ms. */
  run_ms: number;
  revisions: number;
  max_revisions: number | null;
  dispute_reason: string | null;
  rating: number | null;
  review_comment: string | null;
}

/** The long texts of an order. A filter finds words in `search`, which is in lower case. */
interface OrderTextsTable {
  id: Generated<number>;
  order_key: string;
  brief: string;
  brief_english: string | null;
  search: string;
}

/** What an order waits for a human for. */
interface AttentionTable {
  order_key: string;
  key: string;
  kind: AttentionKind | 'unclassified';
  cause: AttentionCause | 'unclassified';
  title: string;
  /**
   * The error in one line, without the numbers that vary. Empty if the title says it all.
   * Attentions with the same title and detail form a group.
   */
  detail: string;
  reason: string;
  /** The actions that an operator can take, separated by commas. */
  actions: string;
  round: string | null;
  step_key: string | null;
  is_urgent: Flag;
  /** Since when it is open. Null: an earlier version did not note it. */
  opened_at: number | null;
}

/** Rows that a fact of the record became. `fact_key` identifies the fact. */
interface FactRow {
  order_key: string;
  fact_key: string;
  at: number;
}

/** One report of a handler. */
interface CostsTable extends FactRow {
  handler: string | null;
  step: string;
  round: string;
  model: string;
  input_tokens: number | null;
  /** The part of `input_tokens` that the provider read from its cache. */
  cached_input_tokens: number | null;
  output_tokens: number | null;
  images: number | null;
  cost_micros: number | null;
  waste: Waste | null;
}

interface PayoutsTable extends FactRow {
  outcome: PayoutDaysTable['outcome'];
  /** The amount that was sent. Null: unknown, because an order shows its payout without it. */
  amount_micros: number | null;
  /** The net of the order: what should have been sent. */
  net_micros: number | null;
  chain: string | null;
  tx_hash: string | null;
  reason: string | null;
}

interface DeliverablesTable extends FactRow {
  round: string;
  position: number;
  url: string;
  media_type: string;
}

interface MessagesTable extends FactRow {
  /** Who wrote the message: the buyer, an operator here or on Atelier, or this system. */
  sender: 'buyer' | 'operator' | 'system';
  sender_name: string | null;
  /** The kind of a message of this system. */
  kind: string | null;
  content: string;
  state: 'received' | 'pending' | 'sent' | 'dropped' | 'withdrawn';
}

interface OperatorActionsTable extends FactRow {
  operator: string;
  action: string;
  /** What the action concerns: a step, a round, an attention or a draft. */
  subject: string;
  note: string | null;
}

/** One row. */
interface LedgerStateTable {
  id: number;
  /**
   * Grows with each process that takes over the projection. A process with an earlier epoch cannot
   * write.
   */
  epoch: number;
  /** When all records of Redis were last marked for projection. Null: never. */
  seeded_at: number | null;
}

export type OrderRow = Selectable<OrdersTable>;
export type OrderTextsRow = Omit<Selectable<OrderTextsTable>, 'id'>;
export type AttentionRow = Selectable<AttentionTable>;
export type CostRow = Selectable<CostsTable>;
export type PayoutRow = Selectable<PayoutsTable>;
export type DeliverableRow = Selectable<DeliverablesTable>;
export type MessageRow = Selectable<MessagesTable>;
export type OperatorActionRow = Selectable<OperatorActionsTable>;
