import { type Ledger, openLedger } from '@fulfillment/ledger';

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
      throw error;
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
