import { fromMicros } from '@fulfillment/shared';
import type { Cell } from './csv.ts';

/** The columns of an export, by their names in the first line. */
export type Columns<Row> = Record<string, (row: Row) => Cell>;

/** An amount as a decimal text. Null: unknown. */
export function amountOf(micros: number | null): Cell {
  return micros === null ? null : { amount: fromMicros(micros) };
}

/** A time as ISO 8601 in UTC. Null: not yet. */
export function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
