import { setTimeout as delay } from 'node:timers/promises';
import {
  type Change,
  type ChangeFeed,
  describeError,
  type Logger,
  type RecordReader,
} from '@fulfillment/platform';
import type { Ledger } from '../ledger.ts';
import { orderKey } from '../projection/order-key.ts';
import { takeOver } from './epoch.ts';
import { seed } from './seed.ts';
import { storeEach } from './store-each.ts';

/** How many orders one transaction writes. More would hold up the process for too long. */
const BATCH = 50;
/**
 * An order that changed within this time is left for later, in ms. An order often changes several
 * times in a row, and one projection then covers all of the changes.
 */
const REST_MS = 500;
/** How long the projector waits when the feed has no change, in ms. */
const IDLE_MS = 500;
/** The statistics of the database are updated after this many orders. */
const ORDERS_TO_STATISTICS = 2000;
/** After how long an order that the ledger could not store is tried again, in ms. */
const RETRY_MS = 60_000;

export interface ProjectorOptions {
  ledger: Ledger;
  feed: ChangeFeed;
  reader: RecordReader;
  log: Logger;
  restMs?: number;
}

/** A change of an order that the ledger could not store. */
interface Failure {
  version: string;
  /** By this process' own clock. */
  retryAt: number;
}

/**
 * Copies the records that changed into the ledger. Stopping it at any moment loses nothing: a
 * change stays in the feed until the ledger has it, and writing an order twice gives the same rows.
 */
export class Projector {
  readonly #options: ProjectorOptions;
  /** By the keys of the orders. */
  readonly #failures = new Map<string, Failure>();
  #sinceStatistics = ORDERS_TO_STATISTICS;
  /** Whether the feed names no trouble of the ledger. Unknown at first. */
  #isClear = false;

  constructor(options: ProjectorOptions) {
    this.#options = options;
  }

  /**
   * Takes over from any other process, and projects until the signal is aborted.
   * @param renew called before each batch. It throws when this process has lost its lease.
   * @throws the error of the database or of Redis, and SupersededError when another process has
   * taken over.
   */
  async run(signal: AbortSignal, renew: () => Promise<void>): Promise<void> {
    const epoch = await this.begin();
    this.#isClear = false;
    while (!signal.aborted) {
      await renew();
      const count = await this.projectBatch(epoch);
      if (this.#failures.size === 0) await this.#clearTrouble();
      if (count === 0) await delay(IDLE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /**
   * Takes over from any other process. A new or updated ledger gets all records.
   * @returns the epoch for `projectBatch`.
   */
  async begin(): Promise<number> {
    const { ledger, feed, log } = this.#options;
    await ledger.migrate();
    const epoch = await takeOver(ledger.connections.writer);
    await feed.register();
    const marked = await seed(ledger, feed);
    if (marked > 0) log.info({ orders: marked }, 'the ledger is new or was updated, so it reads all records');
    return epoch;
  }

  /**
   * Projects the oldest changes in one transaction.
   * @returns how many changes left the feed.
   */
  async projectBatch(epoch: number): Promise<number> {
    const { ledger, feed, reader, restMs = REST_MS } = this.#options;
    const taken = await feed.take(BATCH + this.#failures.size, restMs);
    const changes = taken.filter((change) => !this.#isPutOff(change)).slice(0, BATCH);
    if (changes.length === 0) return 0;
    const records = await reader.read(changes.map(({ ref }) => ref));
    const work = changes.flatMap((change, index) => {
      const source = records[index] ?? null;
      return source === null ? [] : [{ change, source }];
    });
    const errors = await storeEach(
      ledger.connections,
      work.map(({ source }) => source),
      epoch,
    );
    const failed = new Set([...errors.keys()].map((place) => work[place]?.change));
    for (const [place, error] of errors) await this.#noteFailure(work[place]?.change, error);
    const stored = changes.filter((change) => !failed.has(change));
    await feed.clear(stored);
    for (const { ref } of stored) this.#failures.delete(orderKey(ref));
    await this.#refreshStatistics(stored.length);
    return stored.length;
  }

  /** Orders that the ledger cannot store wait, so that they do not hold up the others. */
  #isPutOff({ ref, version }: Change): boolean {
    const failure = this.#failures.get(orderKey(ref));
    return failure?.version === version && performance.now() < failure.retryAt;
  }

  async #noteFailure(change: Change | undefined, error: unknown): Promise<void> {
    if (change === undefined) return;
    const { ref, version } = change;
    const reason = describeError(error);
    this.#failures.set(orderKey(ref), { version, retryAt: performance.now() + RETRY_MS });
    this.#options.log.error({ ...ref, reason }, 'the ledger cannot store this order, and retries later');
    this.#isClear = false;
    await this.#options.feed.noteTrouble(`Order ${ref.orderId} cannot be stored: ${reason}`);
  }

  async #clearTrouble(): Promise<void> {
    if (this.#isClear) return;
    this.#isClear = true;
    await this.#options.feed.noteTrouble(null);
  }

  async #refreshStatistics(stored: number): Promise<void> {
    this.#sinceStatistics += stored;
    if (this.#sinceStatistics < ORDERS_TO_STATISTICS) return;
    this.#sinceStatistics = 0;
    await this.#options.ledger.connections.refreshStatistics();
  }
}
