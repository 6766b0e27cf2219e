export { openTestLedger } from './open-test-ledger.ts';
export { sourceOf } from './sources.ts';
export { startPostgres, type TestPostgres } from './start-postgres.ts';
