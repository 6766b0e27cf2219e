import { EXPORT_FORMATS, type ExportFormat } from '@fulfillment/ledger';
import type { FastifyInstance } from 'fastify';
import type { AdminOptions } from '../options.ts';
import { sendFile } from '../page/send-file.ts';
import { refuse } from '../refusal.ts';
import { readFilter, readListQuery } from './list-query.ts';

/** The media types of exports. */
const EXPORT_TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
};

/** Serves the current list as a file: exactly the orders that the filter finds, in its order. */
export function exportRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { store } = options;
  for (const format of EXPORT_FORMATS) {
    server.get(`/orders/export.${format}`, async (request, reply) => {
      const { text, sort } = readListQuery(request.query);
      const read = readFilter(text);
      if ('problem' in read)
        return refuse(options, reply, { status: 400, message: read.problem, backTo: '/orders' });
      const [now, ledger] = await Promise.all([store.now(), options.ledger()]);
      const day = new Date(now).toISOString().slice(0, 10);
      const parts = ledger.exports.orders(format, { filter: read.filter, sort, now });
      return sendFile(reply, { name: `orders-${day}.${format}`, type: EXPORT_TYPES[format], parts });
    });
  }
}
