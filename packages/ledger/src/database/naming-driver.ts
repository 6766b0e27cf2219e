import type { CompiledQuery, DatabaseConnection, Dialect, Driver, TransactionSettings } from 'kysely';
import { LedgerAwayError } from './ledger-away-error.ts';

/**
 * A dialect whose errors are `LedgerAwayError`s. SQLite, the Postgres server and the socket to it
 * fail in different ways. Callers need only one kind of error.
 */
export function namingErrors<D extends Dialect>(dialect: D): Dialect {
  return {
    createDriver: () => new NamingDriver(dialect.createDriver()),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

class NamingDriver implements Driver {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  init(): Promise<void> {
    return named(() => this.#driver.init());
  }

  acquireConnection(): Promise<NamingConnection> {
    return named(async () => new NamingConnection(await this.#driver.acquireConnection()));
  }

  beginTransaction(connection: NamingConnection, settings: TransactionSettings): Promise<void> {
    return named(() => this.#driver.beginTransaction(connection.inner, settings));
  }

  commitTransaction(connection: NamingConnection): Promise<void> {
    return named(() => this.#driver.commitTransaction(connection.inner));
  }

  rollbackTransaction(connection: NamingConnection): Promise<void> {
    return named(() => this.#driver.rollbackTransaction(connection.inner));
  }

  releaseConnection(connection: NamingConnection): Promise<void> {
    return this.#driver.releaseConnection(connection.inner);
  }

  destroy(): Promise<void> {
    return this.#driver.destroy();
  }
}

class NamingConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;

  constructor(inner: DatabaseConnection) {
    this.inner = inner;
  }

  executeQuery<R>(query: CompiledQuery) {
    return named(() => this.inner.executeQuery<R>(query));
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number) {
    try {
      yield* this.inner.streamQuery<R>(query, chunkSize);
    } catch (error) {
      throw new LedgerAwayError(error);
    }
  }
}

async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LedgerAwayError ? error : new LedgerAwayError(error);
  }
}
