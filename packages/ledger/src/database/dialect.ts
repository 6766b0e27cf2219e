/** The kinds of databases that can hold the ledger. */
export type Dialect = 'sqlite' | 'postgres';
