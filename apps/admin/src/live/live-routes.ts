import { PassThrough } from 'node:stream';
import { DEFAULT_SORT, LedgerAwayError } from '@fulfillment/ledger';
import type { FastifyInstance } from 'fastify';
import type { AdminOptions } from '../options.ts';
import { systemState } from '../system/system-state.ts';
import { ChangeWatch } from './change-watch.ts';

const PERIOD_MS = 1000;
/** Proxies close a silent connection, often after a minute. */
const HEARTBEAT_MS = 20_000;
const NEWEST = 20;

/** Serves `/live`: server-sent events, one for each change of what pages show. */
export function liveRoutes(server: FastifyInstance, options: AdminOptions): void {
  const watch = new ChangeWatch(() => fingerprintOf(options), PERIOD_MS, options.log);
  const open = new Set<PassThrough>();
  server.addHook('preClose', async () => {
    for (const events of open) events.end();
  });

  server.get('/live', { config: { needsRedis: false } }, (request, reply) => {
    const events = new PassThrough();
    events.write(': open\n\n');
    const unsubscribe = watch.subscribe(() => events.write('event: change\ndata: \n\n'));
    const heartbeat = setInterval(() => events.write(': alive\n\n'), HEARTBEAT_MS);
    open.add(events);
    request.raw.on('close', () => {
      clearInterval(heartbeat);
      unsubscribe();
      open.delete(events);
      events.end();
    });
    return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(events);
  });
}

async function fingerprintOf(options: AdminOptions): Promise<string> {
  const now = await options.store.now();
  return JSON.stringify(
    await Promise.all([systemState(options), options.workPauses.read(), ledgerPrint(options, now)]),
  );
}

/** While the ledger is away, the pages that do not need it still follow what happens. */
async function ledgerPrint(options: AdminOptions, now: number) {
  try {
    const ledger = await options.ledger();
    return await Promise.all([
      ledger.attention.counts(now),
      ledger.orders.search([], DEFAULT_SORT, { page: 1, size: NEWEST, now }),
    ]);
  } catch (error) {
    if (error instanceof LedgerAwayError) return 'away';
    throw error;
  }
}
