import { type Ledger, openLedger } from '@fulfillment/ledger';
import {
  adminSettings,
  ChangeFeed,
  createLogger,
  describeError,
  type Logger,
  loadDotEnv,
  type RecordReader,
  type Runtime,
  readSettings,
  recordReader,
  redisAddress,
  redisKeys,
  withLock,
  workspaceRoot,
} from '@fulfillment/platform';
import { ConfigurationError, EXIT_CONFIGURATION, withoutSecrets } from '@fulfillment/shared';
import { Redis } from 'ioredis';

const CONNECT_MS = 5000;

/** What a command about the ledger works with. */
export interface LedgerTools {
  ledger: Ledger;
  feed: ChangeFeed;
  reader: RecordReader;
  log: Logger;
  /** Runs work while no other process runs work of the same name. */
  locked: Runtime['locked'];
}

/**
 * Opens Redis and the ledger from the settings, runs a command, and closes both.
 * @returns the exit status. An error is printed in one line.
 */
export async function withLedger(command: (tools: LedgerTools) => Promise<number>): Promise<number> {
  try {
    const root = workspaceRoot();
    process.chdir(root);
    loadDotEnv(root);
    const settings = readSettings(adminSettings);
    const redis = new Redis(settings.REDIS_URL, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    let reason: unknown;
    redis.on('error', (error) => {
      reason = error;
    });
    const ledger = await openLedger(settings.LEDGER_URL);
    try {
      await redis.connect().catch((error: unknown) => {
        const said = describeError(reason ?? error);
        throw new Error(`Redis at ${redisAddress(settings.REDIS_URL)} does not answer: ${said}`);
      });
      const keys = redisKeys(settings.REDIS_KEY_PREFIX);
      return await command({
        ledger,
        feed: new ChangeFeed(redis, keys),
        reader: recordReader(redis, keys),
        log: createLogger('ledger', 'fatal'),
        locked: (name, ttlMs, work) => withLock({ redis, keys }, { name, ttlMs }, work),
      });
    } finally {
      redis.disconnect();
      await ledger.close();
    }
  } catch (error) {
    console.error(withoutSecrets(describeError(error)));
    return error instanceof ConfigurationError ? EXIT_CONFIGURATION : 1;
  }
}
