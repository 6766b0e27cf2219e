import type { Columns } from './columns.ts';
import { type Cell, csvLine } from './csv.ts';

/** The formats of an export: CSV for spreadsheets, JSONL for programs. */
export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * The text of an export, in parts. CSV begins with the names of the columns, after the first row
 * was read: a database that is away therefore gives no part of a file.
 */
export async function* writeExport<Row>(
  rows: AsyncIterable<Row>,
  columns: Columns<Row>,
  format: ExportFormat,
): AsyncGenerator<string> {
  const entries = Object.entries(columns);
  let head = format === 'csv' ? csvLine(entries.map(([name]) => name)) : null;
  for await (const row of rows) {
    if (head !== null) yield head;
    head = null;
    yield format === 'csv'
      ? csvLine(entries.map(([, read]) => read(row)))
      : `${JSON.stringify(Object.fromEntries(entries.map(([name, read]) => [name, plainOf(read(row))])))}\n`;
  }
  if (head !== null) yield head;
}

function plainOf(value: Cell): string | number | null {
  return typeof value === 'object' && value !== null ? value.amount : value;
}
