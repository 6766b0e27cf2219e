import type { FastifyInstance } from 'fastify';
import { mayAs } from '../access/rights.ts';
import type { AdminOptions } from '../options.ts';
import { html } from '../page/html.ts';
import { sendPage } from '../page/send-page.ts';
import { heldWorkWarnings } from '../services/held-work.ts';
import { brokenListPage, listPage, PAGE_SIZE } from './list-page.ts';
import { readFilter, readListQuery } from './list-query.ts';
import { builtInViews } from './views.ts';

/** Serves `/orders`: the list of orders, by search text, sort and page. */
export function listRoutes(server: FastifyInstance, options: AdminOptions): void {
  const { registry, store } = options;

  server.get('/orders', async (request, reply) => {
    const query = readListQuery(request.query);
    const page = { title: 'Orders', section: 'orders', search: query.text } as const;
    const read = readFilter(query.text);
    if ('problem' in read) {
      const content = brokenListPage(query, read.problem);
      return sendPage(options, reply, { ...page, content, status: 400, isLive: false });
    }
    const [now, ledger] = await Promise.all([store.now(), options.ledger()]);
    const [{ orders, found, totals }, counts, agentNames, saved, held] = await Promise.all([
      ledger.orders.list(read.filter, query.sort, { page: query.page, size: PAGE_SIZE, now }),
      ledger.attention.counts(now),
      registry.names(),
      options.views.list(),
      heldWorkWarnings(options, now),
    ]);
    const views = builtInViews(counts);
    const content = listPage({
      query,
      orders,
      found,
      totals,
      views,
      saved,
      agentNames,
      canSelect: mayAs('operator', options, request),
      now,
    });
    return sendPage(options, reply, { ...page, content: html`${held}${content}` });
  });
}
