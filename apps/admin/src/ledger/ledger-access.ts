import { type Ledger, openLedger } from '@fulfillment/ledger';

/** The ledger's database cannot be reached, or is locked. The other pages still work. */
class LedgerAwayError extends Error {
  override readonly name = 'LedgerAwayError';

  constructor(cause: unknown) {
    super('The ledger cannot be reached.', { cause });
  }
}

/** Opens the ledger with the first page that needs it, and again after a failure. */
export class LedgerAccess {
  readonly #url: string;
  #opening: Promise<Ledger> | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws LedgerAwayError */
  async get(): Promise<Ledger> {
    this.#opening ??= open(this.#url);
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = null;
      throw new LedgerAwayError(error);
    }
  }

  async close(): Promise<void> {
    const ledger = await this.#opening?.catch(() => null);
    await ledger?.close();
  }
}

async function open(url: string): Promise<Ledger> {
  const ledger = await openLedger(url);
  try {
    await ledger.migrate();
  } catch (error) {
    await ledger.close();
    throw error;
  }
  return ledger;
}

/** Whether an error comes from the ledger's database. */
export function isLedgerError(error: Error & { code?: string; severity?: string }): boolean {
  return (
    error instanceof LedgerAwayError || error.code === 'ERR_SQLITE_ERROR' || error.severity !== undefined
  );
}
