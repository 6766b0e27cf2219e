import { isDeepStrictEqual } from 'node:util';
import { FACT_TABLES, type OrderRows } from './rows.ts';

/**
 * Compares what the ledger should hold of an order with what it holds. The ledger may hold rows of
 * facts that the record has trimmed since.
 * @param expected what `projectOrder` returns for the record.
 * @returns the differences in words. Empty: the ledger equals the record.
 */
export function compareRows(expected: OrderRows, stored: OrderRows | null): string[] {
  const { key } = expected.order;
  if (stored === null) return [`${key}: the ledger has no such order`];
  const differences = [
    ...differing(`${key}: orders`, expected.order, stored.order),
    ...differing(`${key}: order_texts`, expected.texts, stored.texts),
    ...FACT_TABLES.flatMap((table) => {
      const rows = new Map<string, object>(stored[table].map((row) => [row.fact_key, row]));
      return expected[table].flatMap((row) =>
        differing(`${key}: ${table} ${row.fact_key}`, row, rows.get(row.fact_key)),
      );
    }),
  ];
  const attention = new Map(stored.attention.map((row) => [row.key, row]));
  for (const row of expected.attention)
    differences.push(...differing(`${key}: attention ${row.key}`, row, attention.get(row.key)));
  if (expected.attention.length !== stored.attention.length)
    differences.push(
      `${key}: the ledger has ${stored.attention.length} attentions, and the record has ${expected.attention.length}`,
    );
  return differences;
}

function differing(name: string, expected: object, stored: object | undefined): string[] {
  if (stored === undefined) return [`${name}: missing in the ledger`];
  const values = new Map<string, unknown>(Object.entries(stored));
  return Object.entries(expected).flatMap(([column, value]) =>
    isDeepStrictEqual(values.get(column), value)
      ? []
      : [
          `${name}.${column}: ${JSON.stringify(value)} in the record, ${JSON.stringify(values.get(column))} in the ledger`,
        ],
  );
}
