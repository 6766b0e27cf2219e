export { openTestLedger } from './open-test-ledger.ts';
export { sourceOf } from './sources.ts';
