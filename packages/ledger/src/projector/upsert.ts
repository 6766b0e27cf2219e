import { type RawBuilder, sql } from 'kysely';

/** A row as its columns by their names. */
export type Row = Readonly<Record<string, string | number | null>>;

/** How many rows one statement writes. Bounds its number of parameters. */
const ROWS_AT_ONCE = 100;

/**
 * Statements that insert rows, or replace the rows with the same key. All rows have the same
 * columns.
 * @param keys the columns of the key.
 * @param unless a column: an existing row with the same value there stays as it is.
 * @param added columns whose values are added to those of an existing row.
 */
export function upserts(
  table: string,
  rows: readonly Row[],
  { keys, unless, added = [] }: { keys: readonly string[]; unless?: string; added?: readonly string[] },
): RawBuilder<unknown>[] {
  const columns = Object.keys(rows[0] ?? {});
  const replaced = columns
    .filter((name) => !keys.includes(name))
    .map((name) => {
      const value = sql.ref(`excluded.${name}`);
      return added.includes(name)
        ? sql`${sql.ref(name)} = ${sql.ref(`${table}.${name}`)} + ${value}`
        : sql`${sql.ref(name)} = ${value}`;
    });
  const isChanged =
    unless === undefined
      ? sql``
      : sql` where ${sql.ref(`${table}.${unless}`)} <> ${sql.ref(`excluded.${unless}`)}`;
  return partsOf(rows).map((part) => {
    const values = part.map((row) => sql`(${sql.join(columns.map((name) => row[name] ?? null))})`);
    return sql`insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))})
      values ${sql.join(values)}
      on conflict (${sql.join(keys.map((name) => sql.ref(name)))})
      do update set ${sql.join(replaced)}${isChanged}`;
  });
}

function partsOf<T>(rows: readonly T[]): T[][] {
  const count = Math.ceil(rows.length / ROWS_AT_ONCE);
  return Array.from({ length: count }, (_, index) =>
    rows.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE),
  );
}
