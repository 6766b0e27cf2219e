export type { LedgerConnections } from './database/connections.ts';
export { LedgerAwayError } from './database/ledger-away-error.ts';
export {
  MONEY_BASES,
  MONEY_STATES,
  type MoneyBasis,
  type MoneyState,
  WASTES,
  type Waste,
} from './database/money-schema.ts';
export type {
  AttentionRow,
  CostRow,
  DeliverableRow,
  MessageRow,
  OperatorActionRow,
  OrderRow,
  OrderTextsRow,
  PayoutRow,
} from './database/schema.ts';
export type { Columns } from './export/columns.ts';
export { EXPORT_FORMATS, type ExportFormat, writeExport } from './export/write-export.ts';
export { Ledger, openLedger } from './ledger.ts';
export { attentionGroup } from './projection/attention.ts';
export { orderKey } from './projection/order-key.ts';
export { projectOrder } from './projection/project-order.ts';
export type { OrderRows } from './projection/rows.ts';
export type { ProjectionSource } from './projection/source.ts';
export { compareLedger } from './projector/compare-ledger.ts';
export { takeOver } from './projector/epoch.ts';
export { Projector, type ProjectorOptions } from './projector/projector.ts';
export { markAll } from './projector/seed.ts';
export { type RunningProjector, startProjector } from './projector/start-projector.ts';
export { storeOrders } from './projector/store-orders.ts';
export type { AttentionEntry, AttentionGroup, OrderCounts } from './queries/attention.ts';
export {
  MONEY_GROUPS,
  type MoneyGroup,
  type MoneyGroups,
  type MoneyRange,
  type MoneyRow,
  type PayoutSums,
} from './queries/money/money.ts';
export { type MoneySums, sumOf } from './queries/money/money-sums.ts';
export type { OperatorAction } from './queries/operator-actions.ts';
export type { OrderTotals } from './queries/order-totals.ts';
export type { OrderCount, PageRequest } from './queries/orders.ts';
export { DEFAULT_SORT, SORT_COLUMNS, type Sort, type SortColumn } from './queries/sort.ts';
export type { SuggestedField } from './queries/suggestions.ts';
export type { FailureRow, WorkGroup, WorkRow } from './queries/work.ts';
export { type Condition, type Filter, FilterError, STATES } from './search/filter.ts';
export { formatFilter } from './search/format-filter.ts';
export { parseFilter, QUALIFIERS } from './search/parse-filter.ts';
