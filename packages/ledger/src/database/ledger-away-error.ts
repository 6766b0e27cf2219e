import { describeError } from '@fulfillment/platform';
import { cutText } from '@fulfillment/shared';

/** In UTF-16 units. */
const LONGEST_REASON = 300;

/**
 * The ledger's database does not answer, is locked, or rejects a query. Orders are processed as
 * usual: only pages and exports need the ledger.
 */
export class LedgerAwayError extends Error {
  override readonly name = 'LedgerAwayError';

  /** @param cause the database's error. */
  constructor(cause: unknown) {
    super(`The ledger's database failed: ${cutText(describeError(cause), LONGEST_REASON)}`, { cause });
  }
}
