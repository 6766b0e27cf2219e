import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';

/**
 * The index for parts of words: FTS5 with trigrams in SQLite, `pg_trgm` in Postgres. Triggers keep
 * SQLite's index in step with the texts.
 */
export function createSearch(dialect: Dialect) {
  return async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of STATEMENTS[dialect]) await sql.raw(statement).execute(db);
  };
}

const STATEMENTS: Record<Dialect, readonly string[]> = {
  postgres: [
    'create extension if not exists pg_trgm',
    'create index order_texts_search on order_texts using gin (search gin_trgm_ops)',
  ],
  sqlite: [
    `create virtual table order_search using fts5(
      search, content = 'order_texts', content_rowid = 'id', tokenize = 'trigram case_sensitive 1'
    )`,
    `create virtual table order_search_terms using fts5vocab(order_search, row)`,
    `create trigger order_texts_added after insert on order_texts begin
      insert into order_search (rowid, search) values (new.id, new.search);
    end`,
    `create trigger order_texts_changed after update of search on order_texts
      when old.search <> new.search begin
      insert into order_search (order_search, rowid, search) values ('delete', old.id, old.search);
      insert into order_search (rowid, search) values (new.id, new.search);
    end`,
    `create trigger order_texts_removed after delete on order_texts begin
      insert into order_search (order_search, rowid, search) values ('delete', old.id, old.search);
    end`,
  ],
};
