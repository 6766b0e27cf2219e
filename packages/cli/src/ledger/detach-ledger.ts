import { withLedger } from './with-ledger.ts';

/**
 * Has finished orders forgotten without a ledger.
 * @returns the exit status.
 */
export function detachLedger(): Promise<number> {
  return withLedger(async ({ feed }) => {
    await feed.unregister();
    console.log('Finished orders are forgotten without a ledger now, until an admin starts again.');
    return 0;
  });
}
