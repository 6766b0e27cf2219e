import { LedgerAwayError } from '@fulfillment/ledger';
import type { FastifyInstance } from 'fastify';
import { REDIS_AWAY } from './access/guard.ts';
import type { AdminOptions } from './options.ts';
import { StoreAwayError } from './orders/drafts/read-stored.ts';
import { refuse } from './refusal.ts';

const LEDGER_AWAY =
  'Lists, search and money come from the ledger, and its database does not answer or is locked. Orders are processed as usual. Load the page again in a minute. If the message stays, check LEDGER_URL and the log of the admin process.';

const STORE_AWAY =
  'The store of the files does not answer, or rejects our key. Try again in a minute. The log of the admin process has the reason.';

/** The Redis client's errors for a missing connection and for a timeout. */
const REDIS_ERRORS =
  /Stream isn't writeable|Connection is closed|Command timed out|max retries per request|ECONN|LOADING/;

/**
 * Serves pages for errors. A page shows an error's text only below status 500. Other texts go to
 * the log.
 */
export function errorPages(server: FastifyInstance, options: AdminOptions): void {
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 429) {
      return refuse(options, reply, {
        status: 429,
        message: 'Wait a minute, then try to log in again.',
      });
    }
    if (status < 500) return refuse(options, reply, { status: 400, message: error.message });
    if (error instanceof LedgerAwayError) {
      options.log.error({ url: request.url, err: error }, 'the ledger cannot be read');
      return refuse(options, reply, {
        status: 503,
        message: LEDGER_AWAY,
        heading: 'The ledger is out of reach',
      });
    }
    if (error instanceof StoreAwayError) {
      options.log.error({ url: request.url, err: error }, 'the artifact store cannot be read');
      return refuse(options, reply, {
        status: 503,
        message: STORE_AWAY,
        heading: 'The artifact store is out of reach',
      });
    }
    if (!options.isRedisReady() || REDIS_ERRORS.test(error.message)) {
      return refuse(options, reply, { status: 503, message: REDIS_AWAY });
    }
    options.log.error({ method: request.method, url: request.url, err: error }, 'request failed');
    return refuse(options, reply, {
      status: 500,
      message: 'The log of the admin process says more.',
    });
  });

  server.get('/*', { config: { needsRedis: false } }, (_request, reply) =>
    refuse(options, reply, { status: 404, message: 'There is no such page.' }),
  );
}
